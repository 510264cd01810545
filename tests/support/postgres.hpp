#pragma once

#include "tests/support/temp_folder.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace trunkline::tests {

/// A PostgreSQL server of our own: a new cluster in a temporary folder, reachable only through a socket in that folder.
/// Under root it runs as the user `postgres`. It ends with this object, and with the test program however that ends.
class postgres_server {
public:
  postgres_server();
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  /// One server per test program, started when first asked for.
  static postgres_server& instance();

  /// A new, empty database. The URL holds a user and a password, although the server would not ask.
  std::string new_database();

  /// Stops every process of the server where it is (SIGSTOP), as a hanging disk or a paused machine does.
  void freeze();
  void thaw();

  /// Ends every session and the server, and starts it again in the same place.
  void stop();
  void start_again();

  /// What lies on disk, and the order to put everything there.
  std::filesystem::path data_folder() const { return folder_.path() / "data"; }
  void checkpoint() { run_sql("checkpoint"); }
  /// As the superuser, in the database `postgres`.
  void run_sql(const std::string& sql);

private:
  void initialise();
  void start();
  void wait_until_ready();
  std::vector<pid_t> processes() const;
  void signal_all(int signal);

  temp_folder folder_;
  std::string binaries_; ///< folder of initdb and postgres
  pid_t server_ = -1;
  int databases_ = 0;
};

} // namespace trunkline::tests

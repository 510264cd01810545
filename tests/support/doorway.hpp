#pragma once

#include "tests/support/temp_folder.hpp"

#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace trunkline::tests {

/// A way to a PostgreSQL server that can be blocked for new connections: a folder of its own with the socket in it.
class doorway {
public:
  explicit doorway(const std::string& url) {
    const auto host = url.rfind("host=") + 5;
    server_ = url.substr(host) + name;
    url_ = url.substr(0, host) + folder_.path().string();
    open();
  }
  ~doorway() { hang_up(); }
  doorway(const doorway&) = delete;
  doorway& operator=(const doorway&) = delete;

  const std::string& url() const { return url_; }

  /// From now on connections lead to the server.
  void open() {
    hang_up();
    std::filesystem::remove(path());
    std::filesystem::create_symlink(server_, path());
  }

  /// From now on somebody takes connections and says nothing.
  void fall_silent() {
    std::filesystem::remove(path());
    silent_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    if (::bind(silent_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(silent_, 8) != 0)
      throw std::runtime_error("no socket at " + path());
  }

  /// Whoever waits in the silence learns that nobody is there.
  void hang_up() {
    if (silent_ >= 0)
      ::close(std::exchange(silent_, -1));
  }

private:
  static constexpr auto name = "/.s.PGSQL.5432";
  std::string path() const { return folder_.path().string() + name; }

  temp_folder folder_;
  std::string url_, server_;
  int silent_ = -1;
};

} // namespace trunkline::tests

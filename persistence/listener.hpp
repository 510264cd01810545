#pragma once

#include "core/error.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace trunkline::persistence {

class database;
class session;

/// Waits for NOTIFY on one channel of PostgreSQL, on a session of its own. Whoever listens must look for himself from
/// time to time as well: what was said while there was no connection is not heard.
class listener {
public:
  using ms = std::chrono::milliseconds;

  /// `channel`: a plain identifier.
  listener(database& db, std::string channel);
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// Until something is said, somebody calls wake(), or the time is over; for one thread. True if something was heard,
  /// or if the connection is new, since anything may have been said before. Without a database it waits all the same.
  bool wait(ms most);
  /// Ends the wait that goes on, or the next one; from any thread.
  void wake() const;

private:
  struct news;
  core::expected<news> listen();

  std::unique_ptr<session> session_;
  std::string channel_;
  int wake_ = -1; ///< eventfd
};

} // namespace trunkline::persistence

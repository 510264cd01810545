#pragma once

#include "core/error.hpp"
#include "persistence/database_url.hpp"
#include "persistence/watchdog.hpp"

#include <soci/soci.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>

namespace trunkline::persistence {

/// Opens connections for one session. Connecting happens on a thread of its own, since neither name resolution nor the
/// first words with a frozen server can be cut short; who waits too long leaves that thread behind and finds it again
/// at the next attempt, so that there is never more than one.
class connector {
public:
  using time_point = std::chrono::steady_clock::time_point;

  connector(const database_address& address, std::chrono::milliseconds connect_timeout)
      : address_(address), connect_timeout_(connect_timeout) {}

  struct connection {
    std::unique_ptr<soci::session> sql;
    bool left_over = false; ///< came when nobody waited any more, so it may have died unseen
  };

  /// A bare connection, within the connect timeout.
  core::expected<connection> dial();

private:
  core::expected<std::unique_ptr<soci::session>> wait_for_postgresql(time_point deadline);

  const database_address& address_;
  std::chrono::milliseconds connect_timeout_;
  std::future<core::expected<std::unique_ptr<soci::session>>> pending_;
};

/// Opens the file as all connections to it must be; throws SOCI's exceptions.
void open_sqlite_file(soci::session& connection, const std::string& path);

/// What ends a call that is blocked on this connection, from another thread.
std::function<void()> cut_of(soci::session& connection, dialect kind);

/// Sets what durability rests on and reads it back; throws SOCI's exceptions. The error says what does not hold.
core::expected<void> set_up(soci::session& connection, dialect kind, std::chrono::milliseconds statement_deadline);

/// Several statements without parameters; throws SOCI's exceptions.
void run_script(soci::session& connection, dialect kind, const std::string& script);

} // namespace trunkline::persistence

#include "persistence/connect.hpp"

#include "persistence/sql_error.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace trunkline::persistence {

namespace {

using connection_ptr = std::unique_ptr<soci::session>;

core::expected<connection_ptr> open_postgresql(const database_address& address) {
  try {
    return std::make_unique<soci::session>(soci::postgresql, address.connect_text.reveal());
  } catch (...) {
    auto failure = translate("connecting to PostgreSQL");
    failure.error.context = without_password(std::move(failure.error.context), address.password.reveal());
    return core::fail(std::move(failure.error));
  }
}

core::expected<connection_ptr> open_sqlite(const database_address& address) {
  // SQLite would make the file readable by everybody, and it holds people's numbers and messages.
  if (const int fd = ::open(address.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); fd >= 0)
    ::close(fd);
  try {
    auto connection = std::make_unique<soci::session>();
    open_sqlite_file(*connection, address.path);
    return connection;
  } catch (...) {
    return core::fail(translate("opening the SQLite file").error);
  }
}

template <class T>
T setting(soci::session& connection, const std::string& query) {
  T value{};
  fetch_row(connection, query, std::tie(value));
  return value;
}

sqlite_api::sqlite3* sqlite_handle(soci::session& connection) {
  return static_cast<soci::sqlite3_session_backend*>(connection.get_backend())->conn_;
}

PGconn* postgresql_handle(soci::session& connection) {
  return static_cast<soci::postgresql_session_backend*>(connection.get_backend())->conn_;
}

auto not_durable(std::string_view what, std::string_view found) {
  return core::fail(
      core::ec::database_unavailable,
      fmt::format("The database does not keep {} as it must (it says '{}'), so nothing could be promised. "
                  "Refused.",
                  what, found));
}

core::expected<void> set_up_postgresql(soci::session& connection, std::chrono::milliseconds statement_deadline) {
  // The server's own timeouts come after ours: they clean up behind a client that has gone away.
  run_script(connection, dialect::postgresql,
             fmt::format("set synchronous_commit = on; set default_transaction_isolation = 'read committed'; "
                         "set statement_timeout = {0}; set idle_in_transaction_session_timeout = {0}; "
                         "set client_min_messages = warning; set standard_conforming_strings = on;",
                         statement_deadline.count() + 1000));
  const auto current = [&](std::string_view name) {
    return setting<std::string>(connection, fmt::format("select current_setting('{}')", name));
  };
  if (PQserverVersion(postgresql_handle(connection)) < 140000) // trim_array()
    return core::fail(core::ec::database_unavailable,
                      fmt::format("PostgreSQL 14 or newer is needed, this is {}.", current("server_version")));
  if (const auto found = current("synchronous_commit"); found != "on")
    return not_durable("synchronous_commit=on", found);
  if (const auto found = current("transaction_isolation"); found != "read committed")
    return not_durable("READ COMMITTED", found);
  if (const auto found = current("server_encoding"); found != "UTF8")
    return core::fail(core::ec::database_unavailable,
                      fmt::format("The PostgreSQL database is encoded in {}; create it with encoding 'UTF8'.", found));
  return {};
}

core::expected<void> set_up_sqlite(soci::session& connection, std::chrono::milliseconds statement_deadline) {
  // First, because the last connection that closes locks the file for a moment, and who comes then must wait.
  run_script(connection, dialect::sqlite, fmt::format("pragma busy_timeout = {}", statement_deadline.count()));
  const auto journal = setting<std::string>(connection, "pragma journal_mode = wal");
  if (journal != "wal")
    return not_durable("journal_mode=WAL", journal);
  run_script(connection, dialect::sqlite,
             "pragma synchronous = full; pragma foreign_keys = on; "
             "pragma cache_size = -16384; pragma temp_store = memory;");
  const auto synchronous = setting<int>(connection, "pragma synchronous");
  if (synchronous != 2)
    return not_durable("synchronous=FULL", std::to_string(synchronous));
  return {};
}

} // namespace

core::expected<connector::connection> connector::dial() {
  if (address_.kind == dialect::sqlite) {
    auto opened = open_sqlite(address_);
    if (!opened)
      return core::fail(std::move(opened.error()));
    return connection{std::move(*opened)};
  }
  const auto deadline = std::chrono::steady_clock::now() + connect_timeout_;
  const bool left_over = pending_.valid();
  auto dialed = wait_for_postgresql(deadline);
  if (!dialed && left_over && !pending_.valid()) // how things stood when somebody gave up waiting
    return wait_for_postgresql(deadline).map([](connection_ptr made) { return connection{std::move(made)}; });
  return std::move(dialed).map([&](connection_ptr made) { return connection{std::move(made), left_over}; });
}

/// What comes of the attempt under way, or of a new one; it stays under way when there is nothing by then.
core::expected<connection_ptr> connector::wait_for_postgresql(time_point deadline) {
  if (!pending_.valid()) {
    std::promise<core::expected<connection_ptr>> promise;
    pending_ = promise.get_future();
    std::thread([address = address_, promise = std::move(promise)]() mutable {
      promise.set_value(open_postgresql(address));
    }).detach();
  }
  if (pending_.wait_until(deadline) != std::future_status::ready)
    return core::fail(core::ec::database_unavailable, "The database is not available.",
                      fmt::format("connecting to PostgreSQL: no answer within {} ms", connect_timeout_.count()));
  return pending_.get();
}

void open_sqlite_file(soci::session& connection, const std::string& path) {
  // Without '=' SOCI takes the whole text as the path.
  const bool plain = path.find('=') == std::string::npos;
  connection.open(soci::sqlite3, plain ? path : fmt::format("dbname=\"{}\"", path));
}

std::function<void()> cut_of(soci::session& connection, dialect kind) {
  if (kind == dialect::sqlite) {
    auto* handle = sqlite_handle(connection);
    return [handle] { sqlite_api::sqlite3_interrupt(handle); };
  }
  const int socket = PQsocket(postgresql_handle(connection));
  return [socket] { ::shutdown(socket, SHUT_RDWR); };
}

core::expected<void> set_up(soci::session& connection, dialect kind, std::chrono::milliseconds statement_deadline) {
  return kind == dialect::sqlite ? set_up_sqlite(connection, statement_deadline)
                                 : set_up_postgresql(connection, statement_deadline);
}

void run_script(soci::session& connection, dialect kind, const std::string& script) {
  if (kind == dialect::sqlite) {
    auto* handle = sqlite_handle(connection);
    const int result = sqlite_api::sqlite3_exec(handle, script.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK)
      throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(handle), result);
    return;
  }
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(postgresql_handle(connection), script.c_str()),
                                                             &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return;
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  throw soci::postgresql_soci_error(PQerrorMessage(postgresql_handle(connection)), state == nullptr ? "     " : state);
}

} // namespace trunkline::persistence

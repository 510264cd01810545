#include "persistence/sql_error.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace trunkline::persistence {

namespace {

constexpr std::string_view unavailable = "The database is not available.";

sql_failure make(failure_kind kind, std::string context) {
  return {kind, core::error{core::ec::database_unavailable, std::string(unavailable), std::move(context), {}}};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// SQLSTATE: the first two characters are the class. An empty one means that libpq itself has failed.
failure_kind kind_of_sqlstate(std::string_view state) {
  if (state == "40001" || state == "40P01")
    return failure_kind::conflict;
  if (state == "23505")
    return failure_kind::unique;
  const auto group = state.substr(0, 2);
  if (group == "22" || group == "23" || state == "54000")
    return failure_kind::bad_data;
  if (state.empty() || group == "08" || group == "57" || group == "25" || state.front() == ' ' || state.front() == '\0')
    return failure_kind::connection;
  return failure_kind::other;
}

sql_failure translate_postgresql(const soci::postgresql_soci_error& problem, std::string_view doing) {
  const auto state = problem.sqlstate();
  const auto kind = kind_of_sqlstate(state);
  // PostgreSQL quotes the values it does not like (numbers of people, for example), so of those only the code is kept.
  const bool quotes_values = kind == failure_kind::bad_data || kind == failure_kind::unique;
  const auto words = quotes_values ? std::string("values refused") : first_line(problem.get_error_message());
  return make(kind,
              fmt::format("{}: {} (SQLSTATE {})", doing, words, kind == failure_kind::connection ? "none" : state));
}

sql_failure translate_sqlite(const soci::sqlite3_soci_error& problem, std::string_view doing) {
  const auto words = first_line(problem.get_error_message());
  const auto context = fmt::format("{}: {} (SQLite code {})", doing, words, problem.result());
  switch (problem.result() & 0xff) {
  case SQLITE_CONSTRAINT:
    return make(words.find("UNIQUE constraint") != std::string::npos ? failure_kind::unique : failure_kind::bad_data,
                context);
  case SQLITE_MISMATCH:
  case SQLITE_TOOBIG:
    return make(failure_kind::bad_data, context);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return make(failure_kind::conflict, context);
  case SQLITE_IOERR:
  case SQLITE_CORRUPT:
  case SQLITE_CANTOPEN:
  case SQLITE_NOTADB:
    return make(failure_kind::connection, context);
  default:
    return make(failure_kind::other, context);
  }
}

} // namespace

sql_failure translate(std::string_view doing) {
  try {
    throw;
  } catch (const soci::postgresql_soci_error& problem) {
    return translate_postgresql(problem, doing);
  } catch (const soci::sqlite3_soci_error& problem) {
    return translate_sqlite(problem, doing);
  } catch (const soci::soci_error& problem) { // what() would add the bound values
    return make(failure_kind::connection, fmt::format("{}: {}", doing, first_line(problem.get_error_message())));
  } catch (const std::exception& problem) {
    return make(failure_kind::other, fmt::format("{}: {}", doing, first_line(problem.what())));
  }
}

std::string without_password(std::string text, const std::string& password) {
  if (password.empty())
    return text;
  for (auto at = text.find(password); at != std::string::npos; at = text.find(password, at + 3))
    text.replace(at, password.size(), "***");
  return text;
}

} // namespace trunkline::persistence

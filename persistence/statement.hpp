#pragma once

#include "core/clock.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace trunkline::persistence {

/// A column that may be NULL, in both directions. `state` is mutable because SOCI binds indicators only so.
struct nullable_int {
  long long value = 0;
  mutable soci::indicator state = soci::i_null;

  nullable_int() = default;
  explicit nullable_int(const std::optional<int64_t>& from)
      : value(from.value_or(0)), state(from ? soci::i_ok : soci::i_null) {}
  std::optional<int64_t> get() const { return state == soci::i_ok ? std::optional<int64_t>(value) : std::nullopt; }
};

inline std::optional<int64_t> ms_of(const std::optional<core::timestamp>& at) {
  return at ? std::optional(at->ms) : std::nullopt;
}

inline std::optional<core::timestamp> time_of(const nullable_int& column) {
  const auto ms = column.get();
  return ms ? std::optional(core::timestamp{*ms}) : std::nullopt;
}

struct nullable_text {
  std::string value;
  mutable soci::indicator state = soci::i_null;

  nullable_text() = default;
  explicit nullable_text(const std::optional<std::string>& from)
      : value(from.value_or("")), state(from ? soci::i_ok : soci::i_null) {}
  std::optional<std::string> get() const { return state == soci::i_ok ? std::optional(value) : std::nullopt; }
};

// SOCI executes `sql << ..., use(x)` when the temporaries of the expression go, by which time an x that was itself a
// temporary is gone. With these functions every bound value outlives its statement.

template <class T>
void bind_in(soci::statement& statement, const T& value) {
  statement.exchange(soci::use(value));
}
inline void bind_in(soci::statement& statement, const nullable_int& v) {
  statement.exchange(soci::use(v.value, v.state));
}
inline void bind_in(soci::statement& statement, const nullable_text& v) {
  statement.exchange(soci::use(v.value, v.state));
}

template <class T>
void bind_out(soci::statement& statement, T& value) {
  statement.exchange(soci::into(value));
}
inline void bind_out(soci::statement& statement, nullable_int& v) { statement.exchange(soci::into(v.value, v.state)); }
inline void bind_out(soci::statement& statement, nullable_text& v) { statement.exchange(soci::into(v.value, v.state)); }

/// `again`: it will be executed more than once. Otherwise PostgreSQL is spared the two round trips that prepare and
/// forget it.
inline void prepare(soci::statement& statement, const std::string& text, bool again = true) {
  statement.alloc();
  statement.prepare(text, again ? soci::details::st_repeatable_query : soci::details::st_one_time_query);
  statement.define_and_bind();
}

/// Parameters in the order in which they stand in `text`; every name only once. Returns the rows affected.
template <class... In>
long long execute(soci::session& sql, const std::string& text, const In&... in) {
  soci::statement statement(sql);
  (bind_in(statement, in), ...);
  prepare(statement, text, false);
  statement.execute(true);
  return statement.get_affected_rows();
}

/// `visit()` after each row has been put into `out`.
template <class... Out, class Visit, class... In>
void for_each_row(soci::session& sql, const std::string& text, std::tuple<Out&...> out, Visit visit, const In&... in) {
  soci::statement statement(sql);
  (bind_in(statement, in), ...);
  std::apply([&](auto&... column) { (bind_out(statement, column), ...); }, out);
  prepare(statement, text, false);
  for (bool row = statement.execute(true); row; row = statement.fetch())
    visit();
}

/// False if there is no row.
template <class... Out, class... In>
bool fetch_row(soci::session& sql, const std::string& text, std::tuple<Out&...> out, const In&... in) {
  bool found = false;
  for_each_row(
      sql, text, out, [&] { found = true; }, in...);
  return found;
}

} // namespace trunkline::persistence

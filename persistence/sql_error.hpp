#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace trunkline::persistence {

/// How a statement failed, as far as those who run it must tell.
enum class failure_kind : uint8_t {
  connection, ///< the connection is gone or of no use any more
  conflict,   ///< deadlock, serialization failure, busy: the same again may work
  unique,     ///< a unique key is taken
  bad_data,   ///< this row cannot be stored, whoever tries
  other,
};

struct sql_failure {
  failure_kind kind = failure_kind::other;
  core::error error; ///< ec::database_unavailable; the words hold no values of any row
};

/// To be called in a catch block: turns what is being thrown into a value. The one place that knows the exceptions of
/// SOCI. `doing` says what failed, for the log.
sql_failure translate(std::string_view doing);

/// `text` without any appearance of the password.
std::string without_password(std::string text, const std::string& password);

} // namespace trunkline::persistence

#pragma once

#include "core/money.hpp"
#include "core/phone_number.hpp"
#include "core/secret.hpp"
#include "json/reader.hpp"

namespace trunkline::json {

// Kinds of values that several bodies share. As field's own readers: the value, or nothing after noting the problem.

/// API.md's phone number rule; `whatsapp:` is taken off. Code invalid_phone_number.
std::optional<core::phone_number> read_phone_number(const field& in, std::string_view country);

/// scheme://host... of at most 2000 characters, without blanks or control characters; `scheme` is "https" or "wss".
std::optional<std::string> read_url(const field& in, std::string_view scheme);

/// The shape of a language tag, "en-US".
std::optional<std::string> read_language(const field& in);

/// "AC" or "SK" and 32 hexadecimal digits. An Organization SID (OR...) gets its own sentence.
std::optional<std::string> read_sid(const field& in, std::string_view prefix);

/// 1..128 printable ASCII characters.
std::optional<core::secret> read_token(const field& in);

/// More than zero.
std::optional<core::money> read_amount(const field& in);

/// "HH:MM"
std::optional<std::string> read_time_of_day(const field& in);

/// ISO 3166 alpha-2, upper case.
std::optional<std::string> read_country(const field& in);

} // namespace trunkline::json

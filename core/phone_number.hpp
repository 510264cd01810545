#pragma once

#include "core/error.hpp"

#include <fmt/format.h>

#include <compare>
#include <string>
#include <string_view>

namespace trunkline::core {

/// A number in E.164 ("+15551234567") or a short code ("72345"). Formatting it masks the middle; str() does not.
class phone_number {
public:
  phone_number() = default;
  /// For text that is known to be normal already: rows of the database, results of parse_phone_number().
  explicit phone_number(std::string normal) : text_(std::move(normal)) {}

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  /// "+1555***4567": enough to recognise, not enough to call.
  std::string masked() const;

  friend bool operator==(const phone_number&, const phone_number&) = default;
  friend auto operator<=>(const phone_number&, const phone_number&) = default;

private:
  std::string text_;
};

/// API.md's phone number rule. With a leading +: 10 to 15 digits, the first 1-9, kept as they are. Without:
/// libphonenumber in `country` (ISO alpha-2), *possible* at full length. Digits, space, U+00A0 and + - . ( ) / are
/// allowed, nothing else. The error is ec::invalid_request, "Invalid phone number format".
expected<phone_number> parse_phone_number(std::string_view text, std::string_view country);

/// What a webhook's To or From may be besides a number; `whatsapp:` is taken off and reported.
struct webhook_address {
  std::string text; ///< E.164, a short code (3 to 6 digits), or as received ("client:ana", "sip:...", "anonymous")
  bool whatsapp = false;
  bool is_number = false;
};

webhook_address parse_webhook_address(std::string_view text, std::string_view default_country);

} // namespace trunkline::core

template <>
struct std::hash<trunkline::core::phone_number> {
  size_t operator()(const trunkline::core::phone_number& n) const { return std::hash<std::string>{}(n.str()); }
};

template <>
struct fmt::formatter<trunkline::core::phone_number> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const trunkline::core::phone_number& number, Context& ctx) const {
    return fmt::formatter<std::string_view>::format(number.masked(), ctx);
  }
};

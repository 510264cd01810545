#include "json/rules.hpp"

#include "core/country.hpp"

#include <algorithm>

namespace trunkline::json {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

} // namespace

std::optional<core::phone_number> read_phone_number(const field& in, std::string_view country) {
  const auto text = in.text(0, 1000);
  if (!text)
    return std::nullopt;
  std::string_view bare = *text;
  if (bare.starts_with("whatsapp:"))
    bare.remove_prefix(9);
  auto number = core::parse_phone_number(bare, country);
  if (number)
    return std::move(*number);
  return in.refuse("invalid_phone_number", "Invalid phone number format"), std::nullopt;
}

std::optional<std::string> read_url(const field& in, std::string_view scheme) {
  auto text = in.text(1, 2000);
  if (!text)
    return std::nullopt;
  const auto start = fmt::format("{}://", scheme);
  const bool plain = std::all_of(text->begin(), text->end(), [](char c) { return c > 0x20 && c < 0x7F; });
  const auto host = std::string_view(*text).substr(std::min(start.size(), text->size()));
  if (text->starts_with(start) && plain && !host.empty() && (is_letter(host[0]) || is_digit(host[0]) || host[0] == '['))
    return text;
  return in.refuse("invalid_url", fmt::format("Must be a URL that begins with {}", start)), std::nullopt;
}

std::optional<std::string> read_language(const field& in) {
  auto text = in.text(2, 35);
  if (!text)
    return std::nullopt;
  // Letters, then groups of 2 to 8 letters or digits: "en", "en-US", "cmn-Hans-CN".
  size_t length = 0;
  bool first = true, good = true;
  for (char c : *text + '-') {
    if (c == '-') {
      good = good && length >= 2 && length <= (first ? 3 : 8);
      first = false, length = 0;
    } else {
      good = good && (is_letter(c) || (!first && is_digit(c)));
      ++length;
    }
  }
  if (good)
    return text;
  return in.refuse("invalid_value", "Must be a language tag, for example en-US"), std::nullopt;
}

std::optional<std::string> read_sid(const field& in, std::string_view prefix) {
  auto text = in.text(0, 1000);
  if (!text)
    return std::nullopt;
  if (text->size() == 34 && text->starts_with(prefix) && std::all_of(text->begin() + 2, text->end(), is_hex))
    return text;
  if (text->starts_with("OR"))
    in.refuse("organization_sid", "Must be an Account SID (AC...): that is an Organization SID");
  else
    in.refuse("invalid_sid", fmt::format("Must be {} and 32 hexadecimal digits", prefix));
  return std::nullopt;
}

std::optional<core::secret> read_token(const field& in) {
  auto text = in.text(1, 128);
  if (!text)
    return std::nullopt;
  if (std::all_of(text->begin(), text->end(), [](char c) { return c >= 0x20 && c < 0x7F; }))
    return core::secret(std::move(*text));
  return in.refuse("invalid_value", "Must be printable ASCII"), std::nullopt;
}

std::optional<core::money> read_amount(const field& in) {
  const auto text = in.text(0, 1000);
  if (!text)
    return std::nullopt;
  const auto amount = core::parse_money(*text);
  if (amount && amount->units > 0)
    return *amount;
  return in.refuse("invalid_amount", "Must be a positive decimal string with at most 5 places, for example \"12.50\""),
         std::nullopt;
}

std::optional<std::string> read_time_of_day(const field& in) {
  auto text = in.text(0, 1000);
  if (!text)
    return std::nullopt;
  const auto& t = *text;
  const bool shape =
      t.size() == 5 && is_digit(t[0]) && is_digit(t[1]) && t[2] == ':' && is_digit(t[3]) && is_digit(t[4]);
  if (shape && t.substr(0, 2) < "24" && t[3] < '6')
    return text;
  return in.refuse("invalid_value", "Must be a time of day, for example \"21:00\""), std::nullopt;
}

std::optional<std::string> read_country(const field& in) {
  auto text = in.text(0, 1000);
  if (!text)
    return std::nullopt;
  if (core::is_country(*text))
    return text;
  return in.refuse("invalid_country", "Must be an ISO 3166 alpha-2 code in upper case, for example \"US\""),
         std::nullopt;
}

} // namespace trunkline::json

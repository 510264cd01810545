#include "core/phone_number.hpp"

#include "core/utf8.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <optional>

namespace trunkline::core {

namespace {

constexpr size_t longest_text = 64;
constexpr size_t longest_number = 15; // E.164
constexpr std::string_view no_break_space = "\xC2\xA0";

/// A number as people write it, without its punctuation.
struct notation {
  bool plus = false;
  std::string digits;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Empty if there is anything in it but digits, the usual punctuation and at most one plus, in front.
std::optional<notation> read_notation(std::string_view text) {
  constexpr std::string_view punctuation = " -.()/";
  if (text.size() > longest_text)
    return std::nullopt;
  notation out;
  while (!text.empty()) {
    if (text.starts_with(no_break_space)) {
      text.remove_prefix(no_break_space.size());
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    if (is_digit(c))
      out.digits += c;
    else if (c == '+' && !out.plus && out.digits.empty())
      out.plus = true;
    else if (punctuation.find(c) == std::string_view::npos)
      return std::nullopt;
  }
  return out;
}

std::optional<phone_number> international(const std::string& digits, size_t fewest) {
  if (digits.size() < fewest || digits.size() > longest_number || digits[0] == '0')
    return std::nullopt;
  return phone_number("+" + digits);
}

/// Possible at full length: a local number without its area code is none.
std::optional<phone_number> national(const std::string& digits, std::string_view country) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(digits, std::string(country), &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
      util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
    return std::nullopt;
  std::string normal;
  util.Format(number, PhoneNumberUtil::E164, &normal);
  return phone_number(std::move(normal));
}

std::optional<phone_number> to_number(std::string_view text, std::string_view country, size_t fewest_after_plus) {
  const auto read = read_notation(text);
  if (!read || read->digits.empty())
    return std::nullopt;
  return read->plus ? international(read->digits, fewest_after_plus) : national(read->digits, country);
}

bool is_short_code(std::string_view text) {
  return text.size() >= 3 && text.size() <= 6 && std::all_of(text.begin(), text.end(), is_digit);
}

} // namespace

std::string phone_number::masked() const {
  constexpr size_t shown_end = 4, most_shown_front = 5, hidden = 3, fewest_digits = 7;
  if (!text_.starts_with('+') || text_.size() < 1 + fewest_digits)
    return text_.empty() ? "" : "***";
  const size_t front = std::min(most_shown_front, text_.size() - shown_end - hidden);
  return text_.substr(0, front) + "***" + text_.substr(text_.size() - shown_end);
}

expected<phone_number> parse_phone_number(std::string_view text, std::string_view country) {
  constexpr size_t fewest_after_plus = 10;
  if (auto number = to_number(text, country, fewest_after_plus))
    return *std::move(number);
  return fail(ec::invalid_request, "Invalid phone number format");
}

webhook_address parse_webhook_address(std::string_view text, std::string_view default_country) {
  constexpr std::string_view whatsapp = "whatsapp:";
  constexpr size_t fewest_after_plus = 7; // Twilio knows better than we do what is a number
  webhook_address out;
  if (text.starts_with(whatsapp)) {
    text.remove_prefix(whatsapp.size());
    out.whatsapp = true;
  }
  if (is_short_code(text)) {
    out.text = text;
    out.is_number = true;
  } else if (const auto number = to_number(text, default_country, fewest_after_plus)) {
    out.text = number->str();
    out.is_number = true;
  } else {
    out.text = to_clean_utf8(text);
  }
  return out;
}

} // namespace trunkline::core

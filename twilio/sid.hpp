#pragma once

#include <algorithm>
#include <string_view>

namespace trunkline::twilio {

/// Two letters that say what it names and 32 hexadecimal digits: is_sid("CA0123...", "CA").
constexpr bool is_sid(std::string_view text, std::string_view prefix) {
  constexpr size_t digits = 32;
  return text.size() == prefix.size() + digits && text.starts_with(prefix) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(prefix.size()), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

/// A message's SID begins with SM, that of one with pictures with MM.
constexpr bool is_message_sid(std::string_view text) { return is_sid(text, "SM") || is_sid(text, "MM"); }

} // namespace trunkline::twilio

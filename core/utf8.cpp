#include "core/utf8.hpp"

#include <algorithm>

namespace trunkline::core {

namespace {

/// Length of the well-formed sequence at the front (Unicode table 3-7), 0 if there is none; NUL counts as none.
size_t sequence_length(std::string_view s) {
  const auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned b0 = byte(0), b1 = byte(1);
  if (b0 < 0x80)
    return b0 == 0 ? 0 : 1;
  if (b0 >= 0xC2 && b0 <= 0xDF)
    return follows(1) ? 2 : 0;
  if (b0 >= 0xE0 && b0 <= 0xEF) {
    const bool second = b0 == 0xE0 ? b1 >= 0xA0 && b1 <= 0xBF : b0 == 0xED ? b1 >= 0x80 && b1 <= 0x9F : follows(1);
    return second && follows(2) ? 3 : 0;
  }
  if (b0 >= 0xF0 && b0 <= 0xF4) {
    const bool second = b0 == 0xF0 ? b1 >= 0x90 && b1 <= 0xBF : b0 == 0xF4 ? b1 >= 0x80 && b1 <= 0x8F : follows(1);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

} // namespace

bool is_clean_utf8(std::string_view text) {
  if (is_plain_ascii(text))
    return true;
  while (!text.empty()) {
    const size_t length = sequence_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string to_clean_utf8(std::string_view text) {
  if (is_clean_utf8(text))
    return std::string(text);
  std::string out;
  out.reserve(text.size() + 8);
  while (!text.empty()) {
    const size_t length = sequence_length(text);
    out += length > 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

char32_t take_code_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t length = sequence_length(text);
  if (length < 2) {
    text.remove_prefix(1);
    return first < 0x80 ? first : U'\uFFFD';
  }
  char32_t point = first & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  text.remove_prefix(length);
  return point;
}

size_t utf16_length(std::string_view clean) {
  size_t units = 0;
  for (char c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80)
      units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

} // namespace trunkline::core

#include "core/utf8.hpp"

#include <algorithm>
#include <array>

namespace trunkline::core {

namespace {

struct sequence {
  unsigned char first_from, first_to, second_from, second_to;
  size_t length;
};

/// Which second byte may follow which first one; the others are always 80 to BF.
constexpr std::array<sequence, 8> longer_sequences = {{{0xC2, 0xDF, 0x80, 0xBF, 2},
                                                       {0xE0, 0xE0, 0xA0, 0xBF, 3},
                                                       {0xE1, 0xEC, 0x80, 0xBF, 3},
                                                       {0xED, 0xED, 0x80, 0x9F, 3},
                                                       {0xEE, 0xEF, 0x80, 0xBF, 3},
                                                       {0xF0, 0xF0, 0x90, 0xBF, 4},
                                                       {0xF1, 0xF3, 0x80, 0xBF, 4},
                                                       {0xF4, 0xF4, 0x80, 0x8F, 4}}};

/// Length of the well-formed sequence at the front (Unicode table 3-7), 0 if there is none; NUL counts as none.
size_t sequence_length(std::string_view s) {
  const auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (byte(0) < 0x80)
    return byte(0) == 0 ? 0 : 1;
  const auto* const row = std::find_if(longer_sequences.begin(), longer_sequences.end(),
                                       [&](const auto& r) { return byte(0) >= r.first_from && byte(0) <= r.first_to; });
  if (row == longer_sequences.end() || byte(1) < row->second_from || byte(1) > row->second_to)
    return 0;
  return (row->length < 3 || follows(2)) && (row->length < 4 || follows(3)) ? row->length : 0;
}

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) > 0; });
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

#include "core/utf8.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using core::is_clean_utf8;
using core::take_code_point;
using core::to_clean_utf8;

namespace {

const std::string fffd = "\xEF\xBF\xBD";

/// Every code point in plain arithmetic, as a second opinion.
std::string encode(char32_t p) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (p < 0x80)
    return {byte(p)};
  if (p < 0x800)
    return {byte(0xC0 | p >> 6), byte(0x80 | (p & 63))};
  if (p < 0x10000)
    return {byte(0xE0 | p >> 12), byte(0x80 | (p >> 6 & 63)), byte(0x80 | (p & 63))};
  return {byte(0xF0 | p >> 18), byte(0x80 | (p >> 12 & 63)), byte(0x80 | (p >> 6 & 63)), byte(0x80 | (p & 63))};
}

} // namespace

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(every_scalar_value_but_nul_is_clean_and_no_surrogate_is) {
  for (char32_t p = 1; p <= 0x10FFFF; ++p) {
    const bool surrogate = p >= 0xD800 && p <= 0xDFFF;
    if (is_clean_utf8(encode(p)) == surrogate)
      BOOST_FAIL("U+" << std::hex << static_cast<uint32_t>(p));
  }
}

BOOST_AUTO_TEST_CASE(every_scalar_value_is_read_as_itself) {
  for (char32_t p = 0; p <= 0x10FFFF; p += p < 0x3000 ? 1 : 97) {
    if (p >= 0xD800 && p <= 0xDFFF)
      continue;
    const auto text = encode(p) + "x";
    std::string_view rest = text;
    if (take_code_point(rest) != p || rest != "x")
      BOOST_FAIL("U+" << std::hex << static_cast<uint32_t>(p));
  }
}

BOOST_AUTO_TEST_CASE(each_byte_of_an_ill_formed_sequence_is_replaced) {
  const std::pair<std::string, std::string> table[] = {
      {"plain", "plain"},
      {std::string("a\0b", 3), "a" + fffd + "b"},
      {"\xC0\xAF", fffd + fffd},                       // overlong '/'
      {"\xE0\x80\xAF", fffd + fffd + fffd},            // overlong in three
      {"\xED\xA0\x80", fffd + fffd + fffd},            // surrogate
      {"\xF4\x90\x80\x80", fffd + fffd + fffd + fffd}, // beyond U+10FFFF
      {"\xC3", fffd},                                  // cut short
      {"\xC3(", fffd + "("},
      {"\x80\xFE", fffd + fffd},
      {"\xC3\xA9\xFF\xC3\xA9", "\xC3\xA9" + fffd + "\xC3\xA9"},
  };
  for (const auto& [dirty, clean] : table) {
    BOOST_TEST(to_clean_utf8(dirty) == clean);
    BOOST_TEST(is_clean_utf8(dirty) == (dirty == clean));
  }
}

BOOST_AUTO_TEST_CASE(reading_ill_formed_text_moves_on_byte_by_byte) {
  std::string_view rest = "\xF0\x9FZ";
  BOOST_TEST((take_code_point(rest) == U'\uFFFD'));
  BOOST_TEST((take_code_point(rest) == U'\uFFFD'));
  BOOST_TEST((take_code_point(rest) == U'Z'));
  BOOST_TEST(rest.empty());
}

BOOST_AUTO_TEST_CASE(length_is_counted_in_utf_16_units) {
  BOOST_TEST(core::utf16_length("") == 0u);
  BOOST_TEST(core::utf16_length("abc") == 3u);
  BOOST_TEST(core::utf16_length("\xC3\xA9\xE2\x82\xAC") == 2u);
  BOOST_TEST(core::utf16_length("\xF0\x9F\x98\x80") == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

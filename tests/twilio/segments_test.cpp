#include "tests/support/json_file.hpp"
#include "twilio/segments.hpp"
#include "twilio/smart_encoding_map.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

namespace trunkline::tests {

using twilio::count_segments;
using twilio::smart_encode;
using twilio::sms_encoding;

namespace {

std::string repeat(int times, std::string_view text) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += text;
  return out;
}

int parts_of(std::string_view text) { return count_segments(text).segments; }

const std::string family =
    "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6";

} // namespace

BOOST_AUTO_TEST_SUITE(segments)

BOOST_AUTO_TEST_CASE(every_vector_is_counted_as_twilio_counts_it) {
  const auto file = json_file("twilio/segment_vectors.json");
  for (const auto& vector : file["vectors"].GetArray()) {
    std::string body(vector["body"].GetString(), vector["body"].GetStringLength());
    if (vector["smart_encoding"].GetBool())
      body = smart_encode(body);
    const auto counted = count_segments(body);
    BOOST_TEST_CONTEXT(vector["id"].GetString()) {
      BOOST_TEST(to_string(counted.encoding) == vector["encoding"].GetString());
      BOOST_TEST(counted.segments == vector["segments"].GetInt());
      BOOST_TEST(counted.units == vector["units"].GetInt());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_boundaries_of_gsm_7_hold) {
  BOOST_TEST(parts_of(repeat(160, "a")) == 1);
  BOOST_TEST(parts_of(repeat(161, "a")) == 2);
  BOOST_TEST(parts_of(repeat(306, "a")) == 2);
  BOOST_TEST(parts_of(repeat(307, "a")) == 3);
}

BOOST_AUTO_TEST_CASE(the_boundaries_of_ucs_2_hold) {
  const std::string a_acute = "\xC3\xA1";
  BOOST_TEST(parts_of(repeat(70, a_acute)) == 1);
  BOOST_TEST(parts_of(repeat(71, a_acute)) == 2);
  BOOST_TEST(parts_of(repeat(134, a_acute)) == 2);
  BOOST_TEST(parts_of(repeat(135, a_acute)) == 3);
}

BOOST_AUTO_TEST_CASE(an_escaped_septet_pair_is_not_split) {
  BOOST_TEST(parts_of(repeat(306, "a")) == 2);
  BOOST_TEST(parts_of(repeat(152, "a") + "{" + repeat(151, "a")) == 2);
  BOOST_TEST(parts_of(repeat(152, "a") + "{" + repeat(152, "a")) == 3); // 306 units too, but 152 + 153 + 1
}

BOOST_AUTO_TEST_CASE(a_grapheme_is_not_split) {
  BOOST_TEST(count_segments(family).units == 11);
  BOOST_TEST(parts_of(repeat(6, family)) == 1);  // 66
  BOOST_TEST(parts_of(repeat(12, family)) == 2); // 132: six in each part
  BOOST_TEST(parts_of(repeat(13, family)) == 3);
  const std::string accented = "e\xCC\x81";                                              // two units, one grapheme
  BOOST_TEST(parts_of(repeat(65, "\xC3\xA1") + accented + repeat(67, "\xC3\xA1")) == 2); // 67 + 67
  BOOST_TEST(parts_of(repeat(66, "\xC3\xA1") + accented + repeat(66, "\xC3\xA1")) == 3); // 66 + 67 + 1
}

BOOST_AUTO_TEST_CASE(a_grapheme_longer_than_a_part_is_split_after_all) {
  const std::string zalgo = "a" + repeat(200, "\xCC\x81"); // one cluster of 201 units
  BOOST_TEST(count_segments(zalgo).units == 201);
  BOOST_TEST(parts_of(zalgo) == 3);
}

BOOST_AUTO_TEST_CASE(a_line_end_of_two_characters_may_be_split) {
  const std::string up_to_the_line_end = repeat(66, "\xD0\xB0"), after = repeat(66, "\xD0\xB0");
  BOOST_TEST(parts_of(up_to_the_line_end + "\r\n" + after) == 2); // 134: CR in the first part, LF in the second
}

BOOST_AUTO_TEST_CASE(one_foreign_character_makes_the_whole_text_ucs_2) {
  BOOST_TEST((count_segments(repeat(159, "a") + "a").encoding == sms_encoding::gsm7));
  const auto counted = count_segments(repeat(159, "a") + "\xC3\xA7");
  BOOST_TEST((counted.encoding == sms_encoding::ucs2));
  BOOST_TEST(counted.segments == 3);
}

BOOST_AUTO_TEST_CASE(ill_formed_text_is_counted_and_not_fatal) {
  BOOST_TEST(count_segments("\xFF\xC0").units == 2);
  BOOST_TEST((count_segments("\xF0\x9F").encoding == sms_encoding::ucs2));
}

BOOST_AUTO_TEST_CASE(smart_encoding_follows_the_published_map) {
  const auto file = json_file("twilio/smart_encoding_map.json");
  const auto& map = file["map"];
  BOOST_TEST(twilio::smart_encoding_map.size() == map.MemberCount());
  for (const auto& entry : twilio::smart_encoding_map) {
    char name[16];
    std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(entry.point));
    BOOST_REQUIRE_MESSAGE(map.HasMember(name), name);
    BOOST_TEST(entry.text == map[name].GetString(), name);
  }
}

BOOST_AUTO_TEST_CASE(smart_encoding_replaces_look_alikes_and_nothing_else) {
  BOOST_TEST(smart_encode("\xE2\x80\x9CHi\xE2\x80\x9D \xE2\x80\x93 it\xE2\x80\x99s\xE2\x80\xA6") == "\"Hi\" - it's...");
  BOOST_TEST(smart_encode("Ol\xC3\xA1, n\xC3\xA3o \xF0\x9F\x91\x8B") == "Ol\xC3\xA1, n\xC3\xA3o \xF0\x9F\x91\x8B");
  BOOST_TEST(smart_encode("plain") == "plain");
  BOOST_TEST(smart_encode("bad \xFF byte") == "bad \xFF byte");
  BOOST_TEST(smart_encode("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

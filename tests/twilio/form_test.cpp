#include "twilio/form.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using twilio::form;
using pairs = std::vector<std::pair<std::string, std::string>>;

namespace {

pairs pairs_of(const form& from) {
  pairs out;
  for (const auto& [name, value] : from.fields())
    out.emplace_back(name, value);
  return out;
}

std::string problem_of(std::string_view body, const twilio::form_limits& limits = {}) {
  const auto parsed = form::parse(body, limits);
  if (parsed)
    return "none";
  BOOST_TEST((parsed.error().code == core::ec::malformed_webhook));
  return parsed.error().detail;
}

std::string problem(std::string_view what, size_t at) {
  return "The form is malformed: " + std::string(what) + " at byte " + std::to_string(at) + ".";
}

} // namespace

BOOST_AUTO_TEST_SUITE(forms)

BOOST_AUTO_TEST_CASE(names_and_values_are_decoded_in_the_order_received) {
  const auto parsed = form::parse("b=2&a=%2B1+5&c%5B%5d=x%3dy=z&empty=&flag").value();
  const pairs expected = {{"b", "2"}, {"a", "+1 5"}, {"c[]", "x=y=z"}, {"empty", ""}, {"flag", ""}};
  BOOST_TEST((pairs_of(parsed) == expected));
}

BOOST_AUTO_TEST_CASE(no_body_has_no_fields) { BOOST_TEST(form::parse("").value().fields().empty()); }

BOOST_AUTO_TEST_CASE(blanks_line_ends_and_foreign_bytes_are_kept) {
  BOOST_TEST(form::parse("Body=++a%0D%0A%09%C2%A0\xC3\xA9%ff+").value().get("Body") ==
             "  a\r\n\t\xC2\xA0\xC3\xA9\xFF ");
}

BOOST_AUTO_TEST_CASE(every_malformed_body_is_refused_and_says_where) {
  BOOST_TEST(problem_of("a=%") == problem("an escape cut short", 2));
  BOOST_TEST(problem_of("a=%4") == problem("an escape cut short", 2));
  BOOST_TEST(problem_of("a=%zz&b=1") == problem("an escape that is not hexadecimal", 2));
  BOOST_TEST(problem_of("a=%4&b=1") == problem("an escape that is not hexadecimal", 2));
  BOOST_TEST(problem_of("a=%+1") == problem("an escape that is not hexadecimal", 2));
  BOOST_TEST(problem_of("%gg=1") == problem("an escape that is not hexadecimal", 0));
  BOOST_TEST(problem_of("a=b%00c") == problem("an escaped NUL", 3));
  BOOST_TEST(problem_of(std::string_view("a=b\0c", 5)) == problem("a NUL", 3));
  BOOST_TEST(problem_of("=1") == problem("a parameter without a name", 0));
  BOOST_TEST(problem_of("a=1&&b=2") == problem("a parameter without a name", 4));
  BOOST_TEST(problem_of("a=1&") == problem("a parameter without a name", 4));
  BOOST_TEST(problem_of("&a=1") == problem("a parameter without a name", 0));
}

BOOST_AUTO_TEST_CASE(limits_hold_to_the_byte) {
  const twilio::form_limits limits = {.fields = 2, .name_bytes = 3, .value_bytes = 4};
  BOOST_TEST(problem_of("abc=1234&b=1", limits) == "none");
  BOOST_TEST(problem_of("%61bc=%31234", limits) == "none"); // limits count decoded bytes
  BOOST_TEST(problem_of("a&b&c", limits) == "The form is malformed: more than 2 parameters.");
  BOOST_TEST(problem_of("abcd=1", limits) == problem("a parameter name too long", 4));
  BOOST_TEST(problem_of("a=12345", limits) == problem("a parameter value too long", 7));
}

BOOST_AUTO_TEST_CASE(a_body_of_separators_is_refused_by_the_default_limits) {
  BOOST_TEST(problem_of(std::string(64 * 1024, '&')) != "none");
  BOOST_TEST(problem_of("Body=" + std::string(33 * 1024, 'x')) != "none");
}

BOOST_AUTO_TEST_CASE(a_name_given_twice_is_counted_and_the_first_value_returned) {
  const auto parsed = form::parse("Body=a&To=1&Body=b").value();
  BOOST_TEST(parsed.count("Body") == 2u);
  BOOST_TEST(parsed.get("Body") == "a");
  BOOST_TEST(parsed.has("To"));
  BOOST_TEST(!parsed.has("to"));
  BOOST_TEST(parsed.get("From") == "");
}

BOOST_AUTO_TEST_CASE(a_moved_form_still_owns_its_text) {
  auto first = std::make_unique<form>(form::parse("a=1").value()); // short: would sit in a string's own buffer
  const form second = std::move(*first);
  first.reset();
  BOOST_TEST(second.get("a") == "1");
}

BOOST_AUTO_TEST_CASE(what_is_encoded_is_decoded_to_the_same) {
  pairs all;
  std::string every_byte;
  for (int byte = 1; byte < 256; ++byte)
    every_byte += static_cast<char>(byte);
  all = {{every_byte, every_byte}, {"a&b=c", "%41+ "}, {"plain-._~", ""}};
  BOOST_TEST((pairs_of(form::parse(twilio::form_encode(all)).value()) == all));
  BOOST_TEST((pairs_of(form::from_pairs(all)) == all));
}

BOOST_AUTO_TEST_CASE(only_unreserved_characters_stay_as_they_are) {
  BOOST_TEST(twilio::form_encode({{"To", "+1 (5)~"}, {"e", "\xC3\xA9"}}) == "To=%2B1+%285%29~&e=%C3%A9");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

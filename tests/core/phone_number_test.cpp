#include "core/phone_number.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using core::parse_phone_number;
using core::parse_webhook_address;
using core::phone_number;

namespace {

/// The normal form, or "refused".
std::string normal(std::string_view text, std::string_view country = "US") {
  const auto number = parse_phone_number(text, country);
  if (number)
    return number->str();
  BOOST_TEST((number.error().code == core::ec::invalid_request));
  BOOST_TEST(number.error().detail == "Invalid phone number format");
  return "refused";
}

} // namespace

BOOST_AUTO_TEST_SUITE(phone_numbers)

BOOST_AUTO_TEST_CASE(a_number_with_a_plus_is_kept_as_it_is) {
  BOOST_TEST(normal("+15551234567") == "+15551234567");
  BOOST_TEST(normal("+1234567890") == "+1234567890");
  BOOST_TEST(normal("+123456789012345") == "+123456789012345");
  BOOST_TEST(normal(" +1 (555) 123-4567 ") == "+15551234567");
  BOOST_TEST(normal("+1.555.123/4567") == "+15551234567");
  BOOST_TEST(normal("+1\xC2\xA0"
                    "555\xC2\xA0"
                    "1234567") == "+15551234567");
  BOOST_TEST(normal("(+1) 555 123 4567") == "+15551234567");
}

BOOST_AUTO_TEST_CASE(a_number_with_a_plus_has_10_to_15_digits_and_no_leading_zero) {
  BOOST_TEST(normal("+123456789") == "refused");
  BOOST_TEST(normal("+1234567890123456") == "refused");
  BOOST_TEST(normal("+0123456789") == "refused");
  BOOST_TEST(normal("+") == "refused");
}

BOOST_AUTO_TEST_CASE(a_national_number_is_completed_in_the_companys_country) {
  BOOST_TEST(normal("1234567890") == "+11234567890");
  BOOST_TEST(normal("(123) 456-7890") == "+11234567890");
  BOOST_TEST(normal("123-456-7890") == "+11234567890");
  BOOST_TEST(normal("1987654321") == "+11987654321");
  BOOST_TEST(normal("555 123 4567") == "+15551234567");
  BOOST_TEST(normal("1 555 123 4567") == "+15551234567");
  BOOST_TEST(normal("011 44 20 7946 0958") == "+442079460958");
  BOOST_TEST(normal("020 7946 0958", "GB") == "+442079460958");
  BOOST_TEST(normal("(11) 91234-5678", "BR") == "+5511912345678");
  BOOST_TEST(normal("06 1234 5678", "IT") == "+390612345678");
}

BOOST_AUTO_TEST_CASE(a_number_that_lacks_its_area_code_is_refused) {
  BOOST_TEST(normal("5551234") == "refused");
  BOOST_TEST(normal("12") == "refused");
  BOOST_TEST(normal("911") == "refused");
  BOOST_TEST(normal("5551234567890123") == "refused");
}

BOOST_AUTO_TEST_CASE(anything_but_digits_and_punctuation_is_refused) {
  for (const std::string text :
       {"", " ", "-", "1.555E+10", "555-CALL-NOW", "5551234567 ext 5", "5551234567x5", "5551234567;ext=5",
        "tel:+15551234567", "+1555123456+7", "555+1234567", "++15551234567", "5551234567,", "\xD9\xA1\xD9\xA2\xD9\xA3",
        "+1555\t1234567", "+1555123456\n7", "=1+1",
        "\xC2"
        "5551234567",
        "\xEF\xBC\x8B"
        "15551234567"})
    BOOST_TEST(normal(text) == "refused", text);
  BOOST_TEST(normal(std::string("+1555123\0"
                                "4567",
                                13)) == "refused");
  BOOST_TEST(normal(std::string(100000, '1')) == "refused");
  BOOST_TEST(normal("+1" + std::string(100, ' ') + "5551234567") == "refused");
}

BOOST_AUTO_TEST_CASE(an_unknown_country_refuses_national_numbers_only) {
  BOOST_TEST(normal("5551234567", "ZZ") == "refused");
  BOOST_TEST(normal("5551234567", "") == "refused");
  BOOST_TEST(normal("+15551234567", "ZZ") == "+15551234567");
}

BOOST_AUTO_TEST_CASE(what_comes_out_goes_in_again_unchanged) {
  for (const auto text : {"1234567890", "(123) 456-7890", "011 44 20 7946 0958", "+1 555 123 4567"})
    BOOST_TEST(normal(normal(text)) == normal(text));
}

BOOST_AUTO_TEST_CASE(the_middle_of_a_number_is_hidden) {
  BOOST_TEST(phone_number("+15551234567").masked() == "+1555***4567");
  BOOST_TEST(phone_number("+5511912345678").masked() == "+5511***5678");
  BOOST_TEST(phone_number("+1234567890").masked() == "+123***7890");
  BOOST_TEST(phone_number("+1234567").masked() == "+***4567");
  BOOST_TEST(phone_number("+123456").masked() == "***");
  BOOST_TEST(phone_number("72345").masked() == "***");
  BOOST_TEST(phone_number("sip:ana@example.com").masked() == "***");
  BOOST_TEST(phone_number().masked() == "");
}

BOOST_AUTO_TEST_CASE(at_least_three_digits_are_hidden_and_formatting_hides_them) {
  for (size_t digits = 1; digits <= 15; ++digits) {
    const auto masked = phone_number("+" + std::string("123456789012345", digits)).masked();
    const auto shown = std::count_if(masked.begin(), masked.end(), [](char c) { return c >= '0' && c <= '9'; });
    BOOST_TEST((shown == 0 || shown + 3 <= static_cast<std::ptrdiff_t>(digits)));
  }
  BOOST_TEST(fmt::format("{}", phone_number("+15551234567")) == "+1555***4567");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(webhook_addresses)

namespace {

struct expectation {
  std::string received, text;
  bool whatsapp, is_number;
};

const expectation table[] = {
    {"+15551234567", "+15551234567", false, true},
    {"+1 (555) 123-4567", "+15551234567", false, true},
    {" 15551234567", "+15551234567", false, true}, // a bare + in a form is a blank
    {"(555) 123-4567", "+15551234567", false, true},
    {"whatsapp:+15551234567", "+15551234567", true, true},
    {"whatsapp:5551234567", "+15551234567", true, true},
    {"+266696687", "+266696687", false, true}, // what Twilio sends for an anonymous caller
    {"+1234567", "+1234567", false, true},
    {"+123456", "+123456", false, false},
    {"+1234567890123456", "+1234567890123456", false, false},
    {"72345", "72345", false, true},
    {"911", "911", false, true},
    {"729725", "729725", false, true},
    {"12", "12", false, false},
    {"5551234", "5551234", false, false},
    {"client:ana", "client:ana", false, false},
    {"sip:bob@example.com;transport=tls", "sip:bob@example.com;transport=tls", false, false},
    {"anonymous", "anonymous", false, false},
    {"TRUNKLINE", "TRUNKLINE", false, false},
    {"", "", false, false},
    {"whatsapp:", "", true, false},
    {"\xFF", "\xEF\xBF\xBD", false, false},
};

} // namespace

BOOST_AUTO_TEST_CASE(every_kind_of_party_is_recognised) {
  for (const auto& row : table) {
    BOOST_TEST_CONTEXT(row.received) {
      const auto address = parse_webhook_address(row.received, "US");
      BOOST_TEST(address.text == row.text);
      BOOST_TEST(address.whatsapp == row.whatsapp);
      BOOST_TEST(address.is_number == row.is_number);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

#include "twilio/sid.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace trunkline::tests {

using twilio::is_message_sid;
using twilio::is_sid;

BOOST_AUTO_TEST_SUITE(sids)

BOOST_AUTO_TEST_CASE(two_letters_and_32_hexadecimal_digits_are_a_sid) {
  const std::string digits = "0123456789abcdefABCDEF0123456789";
  BOOST_TEST(is_sid("CA" + digits, "CA"));
  BOOST_TEST(!is_sid("CA" + digits, "SM"));
  BOOST_TEST(!is_sid("ca" + digits, "CA"));
  BOOST_TEST(!is_sid("CA" + digits.substr(1), "CA"));
  BOOST_TEST(!is_sid("CA" + digits + "0", "CA"));
  BOOST_TEST(!is_sid("CA" + digits.substr(1) + "g", "CA"));
  BOOST_TEST(!is_sid("CA" + digits.substr(1) + "'", "CA"));
  BOOST_TEST(!is_sid("", "CA"));
}

BOOST_AUTO_TEST_CASE(a_message_has_one_of_two_prefixes) {
  const std::string digits(32, '0');
  BOOST_TEST(is_message_sid("SM" + digits));
  BOOST_TEST(is_message_sid("MM" + digits));
  BOOST_TEST(!is_message_sid("CA" + digits));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

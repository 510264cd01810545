#include "core/money.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using core::money;
using core::parse_money;

BOOST_AUTO_TEST_SUITE(amounts)

BOOST_AUTO_TEST_CASE(an_amount_has_five_places) {
  BOOST_TEST(to_string(money{750}) == "0.00750");
  BOOST_TEST(to_string(money{0}) == "0.00000");
  BOOST_TEST(to_string(money{-750}) == "-0.00750");
  BOOST_TEST(to_string(money{123'456'789}) == "1234.56789");
}

BOOST_AUTO_TEST_CASE(twilios_notations_are_read) {
  BOOST_TEST(parse_money("-0.0075").value().units == -750);
  BOOST_TEST(parse_money("-0.00750").value().units == -750);
  BOOST_TEST(parse_money("12").value().units == 1'200'000);
  BOOST_TEST(parse_money("0.05").value().units == 5'000);
  BOOST_TEST(parse_money("999999999.99999").value().units == 99'999'999'999'999);
}

BOOST_AUTO_TEST_CASE(what_is_no_amount_is_refused) {
  for (const auto text : {"", "-", ".", ".5", "5.", "1e5", "1,5", "+1", "--1", "1.000001", "1234567890", " 1", "1 ",
                          "0x1", "1.2.3", "NaN", "1.-5"})
    BOOST_TEST(!parse_money(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(writing_and_reading_gives_the_same_amount) {
  for (int64_t units = -1'000'000; units <= 1'000'000; units += 977)
    BOOST_TEST((parse_money(to_string(money{units})).value() == money{units}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

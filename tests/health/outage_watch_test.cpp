#include "health/outage_watch.hpp"

#include <boost/test/unit_test.hpp>

namespace trunkline::tests {

using health::outage_watch;

namespace {

struct watching : outage_watch {
  /// Accounts "a", "b", ... : '-' could not be reached, '+' could.
  watching& hear(const std::string& answers) {
    for (size_t i = 0; i < answers.size(); ++i)
      heard(std::string(1, static_cast<char>('a' + i)), answers[i] == '+');
    return *this;
  }
  watching& hear_platform(bool reachable) {
    heard(platform, reachable);
    return *this;
  }
  bool decided() {
    decide();
    return outage();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(an_outage_of_twilio)

BOOST_AUTO_TEST_CASE(takes_five_accounts_and_four_fifths_of_them) {
  BOOST_TEST(!watching().hear("-").decided());
  BOOST_TEST(!watching().hear("----").decided());
  BOOST_TEST(watching().hear("-----").decided());
  BOOST_TEST(watching().hear("----+").decided());
  BOOST_TEST(!watching().hear("---++").decided());
  BOOST_TEST(watching().hear("--------++").decided());
  BOOST_TEST(!watching().hear("-------+++").decided());
}

BOOST_AUTO_TEST_CASE(or_the_platforms_own_account_and_nobody_who_gets_through) {
  BOOST_TEST(watching().hear_platform(false).decided());
  BOOST_TEST(watching().hear("-").hear_platform(false).decided());
  BOOST_TEST(!watching().hear("-+").hear_platform(false).decided());
  BOOST_TEST(!watching().hear("-").hear_platform(true).decided());
}

BOOST_AUTO_TEST_CASE(is_not_asked_about_while_everybody_is_well) {
  watching watch;
  BOOST_TEST(!watch.hear("+++").asking());
  BOOST_TEST(watch.hear("-").asking());
  BOOST_TEST(!watch.decided());
  BOOST_TEST(!watch.asking());
}

BOOST_AUTO_TEST_CASE(counts_an_account_once_however_often_it_is_asked) {
  watching watch;
  for (int i = 0; i < 10; ++i)
    watch.hear("--");
  BOOST_TEST(!watch.decided());
}

BOOST_AUTO_TEST_CASE(is_judged_by_what_came_since_the_first_doubt_alone) {
  watching watch;
  watch.hear("++++++++++++++++++++");
  BOOST_TEST(watch.hear("-----").decided());
}

BOOST_AUTO_TEST_CASE(goes_on_until_somebody_gets_through_and_others_do_so_too) {
  watching watch;
  watch.hear("-----").decide();
  BOOST_TEST(!watch.hear("-----").asking());
  BOOST_TEST(watch.hear("+").asking());
  BOOST_TEST(watch.hear("+----").decided()); // one swallow
  watch.hear("+--");
  BOOST_TEST(!watch.decided());
}

BOOST_AUTO_TEST_CASE(ends_with_the_platforms_own_account_if_there_is_no_other) {
  watching watch;
  watch.hear_platform(false).decide();
  BOOST_TEST(watch.outage());
  BOOST_TEST(!watch.hear_platform(true).decided());
}

BOOST_AUTO_TEST_CASE(says_when_it_has_changed_and_by_whose_word) {
  watching watch;
  auto decision = watch.hear("----+").decide();
  BOOST_TEST(decision.changed);
  BOOST_TEST(decision.asked == 5u);
  BOOST_TEST(decision.unreachable == 4u);
  watch.hear("+----");
  BOOST_TEST(!watch.decide().changed);
}

BOOST_AUTO_TEST_CASE(remembers_whether_twilio_was_ever_reached) {
  watching watch;
  BOOST_TEST(!watch.hear("--").ever_reachable());
  BOOST_TEST(watch.hear("+").ever_reachable());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using tests::node_fixture;

namespace {

/// Asks for an account; the answer is in `heard`: its status, or the error's code.
struct asking_node : node_fixture {
  void ask() {
    gateway->ask(actors::fetch_account{{"AC1", {}, {}, {}}, actors::reply<actors::account_state>([this](auto answer) {
                                         heard = answer ? answer->status
                                                        : std::string(core::to_string(answer.error().code));
                                       })});
    settle();
  }

  std::string heard = "nothing";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_question_to_twilio, asking_node)

BOOST_AUTO_TEST_CASE(is_handed_over_and_answered) {
  ask();
  BOOST_REQUIRE(twilio.accounts.size() == 1u);
  BOOST_TEST(twilio.accounts[0].access.account_sid == "AC1");
  twilio.accounts[0].answer(actors::account_state{"active", "Full", "", 1});
  BOOST_TEST(heard == "active");
}

BOOST_AUTO_TEST_CASE(of_any_kind_gets_there) {
  gateway->ask(actors::find_account_number{{}, core::phone_number("+15551234567"), {}});
  gateway->ask(actors::fetch_recording{{}, "RE1", {}});
  settle();
  BOOST_TEST(twilio.numbers.size() == 1u);
  BOOST_TEST(twilio.recordings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_given_up_when_its_time_is_over) {
  ask();
  give_up();
  BOOST_TEST(heard == "overloaded");
}

BOOST_AUTO_TEST_CASE(is_answered_even_when_twilio_loses_it) {
  ask();
  twilio.accounts.clear();
  BOOST_TEST(heard == "not_ready");
}

BOOST_AUTO_TEST_SUITE_END()

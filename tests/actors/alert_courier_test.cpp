#include "health/standard_webhook.hpp"
#include "tests/actors/health_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using tests::health_fixture;

namespace {

/// A company whose account is refused, and a receiver outside.
struct with_a_receiver : health_fixture {
  with_a_receiver() {
    told_outside = true;
    company("acme");
    says["acme"] = "refused";
  }
  void recover() {
    says["acme"] = "active";
    run();
    answer_twilio();
  }
  /// When letters were sent, in seconds from now.
  std::vector<int64_t> sent_within(int64_t count) {
    std::vector<int64_t> out;
    for (int64_t i = 1; i <= count; ++i) {
      const auto before = letters.size();
      seconds(1);
      if (letters.size() > before)
        out.push_back(i);
    }
    return out;
  }
  static std::string header(const actors::webhook_delivery& letter, const std::string& name) {
    for (const auto& [key, value] : letter.headers)
      if (key == name)
        return value;
    return {};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(telling_alerts_to_the_outside, with_a_receiver)

BOOST_AUTO_TEST_CASE(is_done_when_one_opens_and_when_it_is_resolved) {
  start_monitor();
  seconds(3);
  BOOST_REQUIRE(letters.size() == 1u);
  BOOST_TEST(letters[0].url == "https://ops.example.com/alerts");
  BOOST_TEST(letters[0].body == "{\"state\":\"open\"}");
  seconds(200); // it is refused again and again
  BOOST_TEST(letters.size() == 1u);
  recover();
  seconds(2);
  BOOST_REQUIRE(letters.size() == 2u);
  BOOST_TEST(letters[1].body == "{\"state\":\"resolved\"}");
  BOOST_TEST(alerts->letters.empty());
}

BOOST_AUTO_TEST_CASE(is_signed) {
  start_monitor();
  seconds(3);
  BOOST_REQUIRE(letters.size() == 1u);
  const auto id = header(letters[0], "webhook-id");
  const auto stamp = std::stoll(header(letters[0], "webhook-timestamp"));
  const auto expected = health::sign(core::secret("the key of the receiver"), id, {stamp * 1000}, letters[0].body);
  BOOST_TEST(header(letters[0], "webhook-signature") == expected[2].second);
  BOOST_TEST(header(letters[0], "Content-Type") == "application/json");
  BOOST_TEST(id == "msg_al_000000_open");
}

BOOST_AUTO_TEST_CASE(is_repeated_ever_later_under_the_same_id_until_it_is_heard) {
  answer_of_outside = 500;
  start_monitor();
  const auto times = sent_within(3000);
  BOOST_REQUIRE(times.size() == 4u);
  BOOST_TEST(times[1] - times[0] >= 5);
  BOOST_TEST(times[1] - times[0] <= 7);
  BOOST_TEST(times[2] - times[1] >= 300);
  BOOST_TEST(times[2] - times[1] <= 362);
  BOOST_TEST(times[3] - times[2] >= 1800);
  for (const auto& letter : letters)
    BOOST_TEST(header(letter, "webhook-id") == header(letters[0], "webhook-id"));
  BOOST_TEST(header(letters[3], "webhook-timestamp") != header(letters[0], "webhook-timestamp"));
  answer_of_outside = 204;
  BOOST_TEST(sent_within(7300).size() == 1u);
  BOOST_TEST(alerts->letters.empty());
}

BOOST_AUTO_TEST_CASE(is_given_up_when_the_receiver_says_that_it_is_gone) {
  answer_of_outside = 410;
  start_monitor();
  seconds(100);
  BOOST_TEST(letters.size() == 1u);
  BOOST_TEST(alerts->letters.empty());
}

BOOST_AUTO_TEST_CASE(waits_for_an_answer_and_sends_nothing_else_meanwhile) {
  answer_of_outside = 0;
  start_monitor();
  seconds(100);
  BOOST_REQUIRE(letters.size() == 1u);
  letters[0].answer(core::fail(core::ec::not_ready, "nobody there"));
  answer_of_outside = 200;
  seconds(10);
  BOOST_TEST(letters.size() == 2u);
}

BOOST_AUTO_TEST_CASE(goes_on_with_what_was_left_before_the_start) {
  alerts->letters.push_back({{"msg_old", "{}", 3}, clock.now()});
  says.clear();
  start_monitor();
  seconds(2);
  BOOST_REQUIRE(letters.size() == 1u);
  BOOST_TEST(header(letters[0], "webhook-id") == "msg_old");
}

BOOST_AUTO_TEST_CASE(is_not_prepared_where_nobody_is_to_be_told) {
  told_outside = false;
  start_monitor();
  seconds(3);
  BOOST_TEST(alerts->rows.size() == 1u);
  BOOST_TEST(alerts->letters.empty());
}

BOOST_AUTO_TEST_SUITE_END()

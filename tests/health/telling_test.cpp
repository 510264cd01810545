#include "health/minute_gate.hpp"
#include "health/standard_webhook.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace trunkline::tests {

using namespace health;

BOOST_AUTO_TEST_SUITE(telling_the_outside)

// The example of the specification's reference implementations, whose secret is whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.
BOOST_AUTO_TEST_CASE(is_signed_as_standard_webhooks_says) {
  const core::secret key("\x31\xf2\x90\xf6\xbf\x06\x29\x8a\xab\x4f\x08\xd4\x3c\x3f\x08\x2c\xf6\x48\xa3\x62\xda\x2d\xa4"
                         "\xb0");
  const auto headers = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", {1'614'265'330'999}, R"({"test": 2432232314})");
  BOOST_TEST(headers.size() == 3u);
  BOOST_TEST(headers[0].first == "webhook-id");
  BOOST_TEST(headers[0].second == "msg_p5jXN8AQM9LWM0D4loKWxJek");
  BOOST_TEST(headers[1].first == "webhook-timestamp");
  BOOST_TEST(headers[1].second == "1614265330");
  BOOST_TEST(headers[2].first == "webhook-signature");
  BOOST_TEST(headers[2].second == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

BOOST_AUTO_TEST_CASE(is_tried_again_ever_later_for_more_than_a_day_and_then_given_up) {
  int64_t all = 0, last = 0;
  int attempts = 1;
  for (; const auto wait = wait_after(attempts); ++attempts) {
    BOOST_TEST(wait->count() > last);
    last = wait->count();
    all += last;
  }
  BOOST_TEST(wait_after(1)->count() == 5);
  BOOST_TEST(attempts == 8);
  BOOST_TEST(all > 24 * 3600);
  BOOST_TEST(!wait_after(1000).has_value());
  BOOST_TEST(!wait_after(0).has_value());
}

BOOST_AUTO_TEST_CASE(what_anybody_can_make_happen_is_told_once_a_minute_with_its_number) {
  minute_gate gate;
  BOOST_TEST(gate.pass({1'000'000}) == 1);
  for (int i = 0; i < 999; ++i)
    BOOST_TEST(gate.pass({1'000'000 + i}) == 0);
  BOOST_TEST(gate.pass({1'059'999}) == 0);
  BOOST_TEST(gate.pass({1'060'000}) == 1001);
  BOOST_TEST(gate.pass({1'060'000}) == 0);
}

BOOST_AUTO_TEST_CASE(many_at_once_tell_it_once) {
  minute_gate gate;
  std::atomic<int> told{0};
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < 8; ++i)
      all.emplace_back([&] {
        for (int k = 0; k < 1000; ++k)
          told += gate.pass({5'000'000}) > 0 ? 1 : 0;
      });
  }
  BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

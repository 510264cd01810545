// What may go out and when, and what is concluded of what may have gone out: pure decisions.
#include "core/quiet_time.hpp"
#include "core/send_plan.hpp"
#include "core/sending_rate.hpp"
#include "core/token_bucket.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline::core;

namespace {

const phone_number ours("+12125550101");

queued_send to(const std::string& recipient, send_priority priority = send_priority::chat, std::string campaign = {}) {
  queued_send one;
  one.id.value = "msg_" + recipient;
  one.campaign_id = std::move(campaign);
  one.twilio_number = ours;
  one.recipient = phone_number(recipient);
  one.lane = lane_of("sms", ours);
  one.priority = priority;
  one.cost = money{750};
  return one;
}

send_rules usual() {
  send_rules rules;
  rules.senders = {ours};
  return rules;
}

send_budget room_for(size_t messages) {
  send_budget budget;
  budget.messages = messages;
  return budget;
}

using places = std::vector<size_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(a_send_plan)

BOOST_AUTO_TEST_CASE(lets_replies_go_before_chats_and_chats_before_campaigns) {
  const std::vector queue = {to("+16465551001", send_priority::bulk, "sms_1"), to("+16465551002"),
                             to("+16465551003", send_priority::reply)};
  BOOST_TEST(plan_sends(queue, usual(), room_for(9)).go == (places{2, 1, 0}), boost::test_tools::per_element());
  const auto tight = plan_sends(queue, usual(), room_for(1));
  BOOST_TEST(tight.go == places{2}, boost::test_tools::per_element());
  BOOST_TEST(tight.budget_used_up);
}

BOOST_AUTO_TEST_CASE(refuses_whoever_must_not_get_it_and_says_why) {
  auto gone = to("+16465551001");
  gone.twilio_number = phone_number("+12125550999");
  auto stopped = to("+16465551002");
  stopped.opted_out = true;
  auto rules = usual();
  rules.allowed_countries = {"US"};
  const auto plan = plan_sends({gone, stopped, to("+4915112345678"), to("+16465551003")}, rules, room_for(9));
  BOOST_TEST(plan.go == places{3}, boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(plan.refuse.size(), 3u);
  BOOST_CHECK(plan.refuse[0].second == send_refusal::number_gone);
  BOOST_CHECK(plan.refuse[1].second == send_refusal::opted_out);
  BOOST_CHECK(plan.refuse[2].second == send_refusal::country_not_allowed);
}

BOOST_AUTO_TEST_CASE(stops_a_campaign_at_the_cap_and_tells_the_author_of_a_single_message) {
  auto rules = usual();
  rules.left_to_spend = money{1'500};
  const std::vector queue = {to("+16465551001"), to("+16465551002", send_priority::bulk, "sms_1"),
                             to("+16465551003", send_priority::bulk, "sms_1"), to("+16465551004")};
  const auto plan = plan_sends(queue, rules, room_for(9));
  BOOST_TEST(plan.go == (places{0, 3}), boost::test_tools::per_element());
  BOOST_TEST(plan.over_cap.contains("sms_1"));
  BOOST_TEST(plan.refuse.empty());
  rules.left_to_spend = money{749};
  BOOST_CHECK(plan_sends({to("+16465551001")}, rules, room_for(9)).refuse.front().second == send_refusal::spend_cap);
}

BOOST_AUTO_TEST_CASE(keeps_to_the_segments_of_lane_company_and_campaign) {
  std::vector<queued_send> queue;
  for (int i = 0; i < 9; ++i)
    queue.push_back(to("+1646555100" + std::to_string(i), send_priority::bulk, i % 2 ? "sms_1" : "sms_2"));
  auto budget = room_for(9);
  budget.lanes[queue[0].lane] = 3;
  BOOST_TEST(plan_sends(queue, usual(), budget).go.size() == 3u);
  budget = room_for(9);
  budget.company = 5;
  BOOST_TEST(plan_sends(queue, usual(), budget).go.size() == 5u);
  budget = room_for(9);
  budget.each_campaign = 1;
  BOOST_TEST(plan_sends(queue, usual(), budget).go.size() == 2u);
}

BOOST_AUTO_TEST_CASE(lets_a_long_message_pass_a_slow_lane_and_makes_the_next_wait) {
  auto longer = to("+16465551001");
  longer.segments = 7;
  auto budget = room_for(9);
  budget.lanes[longer.lane] = 1;
  const auto plan = plan_sends({longer, to("+16465551002")}, usual(), budget);
  BOOST_TEST(plan.go == places{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leaves_bulk_for_after_the_quiet_hours_and_people_alone_whose_list_is_being_read) {
  auto rules = usual();
  rules.quiet_until = [](const queued_send&) { return timestamp{42}; };
  rules.asked_about = {phone_number("+16465551003")};
  const auto plan = plan_sends(
      {to("+16465551001", send_priority::bulk, "sms_1"), to("+16465551002"), to("+16465551003")}, rules, room_for(9));
  BOOST_TEST(plan.go == places{1}, boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(plan.later.size(), 1u);
  BOOST_TEST(plan.later[0].second.ms == 42);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_message_that_may_have_gone_out)

namespace {

constexpr int64_t began = 1'700'000'000'000;
const doubt_settings settings;

doubtful_message doubtful() {
  doubtful_message message;
  message.began_at = message.unknown_since = {began};
  return message;
}

sent_candidate listed(const char* sid, int64_t after_ms) { return {sid, "sent", {began + after_ms}, {}, {}}; }

doubt_verdict judge(const std::optional<std::vector<sent_candidate>>& candidates, int64_t after_ms,
                    bool resend = false) {
  return judge_doubt(doubtful(), candidates, resend, settings, {began + after_ms});
}

} // namespace

BOOST_AUTO_TEST_CASE(did_if_twilio_lists_one_that_nobody_else_claims_and_takes_the_oldest) {
  const auto verdict = judge(std::vector{listed("SM2", 3'000), listed("SM1", 1'000)}, 10'000);
  BOOST_CHECK(verdict.end == doubt_end::went_out);
  BOOST_TEST(verdict.as->twilio_sid == "SM1");
}

BOOST_AUTO_TEST_CASE(is_not_what_was_sent_long_before) {
  BOOST_CHECK(judge(std::vector{listed("SM1", -3'600'000)}, 10'000).end == doubt_end::ask_again);
}

BOOST_AUTO_TEST_CASE(did_not_only_when_the_list_has_had_the_time_to_show_it) {
  const std::vector<sent_candidate> none;
  const auto early = judge(none, 10'000), later = judge(none, 60'000);
  BOOST_CHECK(early.end == doubt_end::ask_again);
  BOOST_TEST(early.ask_at.ms == began + 60'000);
  BOOST_TEST(later.ask_at.ms == began + send_within_ms + 180'000);
  BOOST_CHECK(judge(none, send_within_ms + 179'999).end == doubt_end::ask_again);
  BOOST_CHECK(judge(none, send_within_ms + 180'000).end == doubt_end::never_went);
}

BOOST_AUTO_TEST_CASE(stays_unknown_without_a_list_until_the_company_s_rule_says_what_to_do) {
  BOOST_CHECK(judge(std::nullopt, 899'999).end == doubt_end::ask_again);
  BOOST_CHECK(judge(std::nullopt, 900'000).end == doubt_end::held);
  BOOST_CHECK(judge(std::nullopt, 900'000, true).end == doubt_end::never_went);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pace)

BOOST_AUTO_TEST_CASE(a_bucket_gives_its_rate_and_one_burst_and_is_paid_back) {
  token_bucket bucket(4, {0});
  int given = 0;
  for (int64_t ms = 0; ms <= 10'000; ms += 10)
    while (bucket.available({ms}) > 0) {
      bucket.take(1, {ms});
      ++given;
    }
  BOOST_TEST(given >= 4 + 40);
  BOOST_TEST(given <= 4 + 40 + 1);
  bucket.take(8, {20'000});
  BOOST_TEST(bucket.available({20'500}) < 0);
  BOOST_TEST(bucket.wait_ms({20'000}) == 1'001);
}

BOOST_AUTO_TEST_CASE(each_kind_of_number_has_the_rate_that_twilio_gives_it) {
  const rate_limit_settings none;
  BOOST_TEST(lane_rate("sms:+12125550101", none) == 1);
  BOOST_TEST(lane_rate("sms:+18885550101", none) == 3);
  BOOST_TEST(lane_rate("sms:72345", none) == 100);
  BOOST_TEST(lane_rate("sms:+4915112345678", none) == 10);
  BOOST_TEST(lane_rate("whatsapp:+12125550101", none) == 80);
  BOOST_TEST(lane_rate("sms:+12125550101", {2.5, {}, {}}) == 2.5);
}

BOOST_AUTO_TEST_CASE(quiet_hours_go_past_midnight_in_the_zone_of_the_company) {
  const quiet_hours night{"21:00", "08:00"};
  const auto at = [](const char* text) { return *parse_rfc3339(text); };
  const auto until = [&](const char* now) { return quiet_until(night, "America/New_York", at(now)); };
  BOOST_TEST(!until("2026-07-01T20:59:00-04:00").has_value());
  BOOST_TEST(until("2026-07-01T21:00:00-04:00")->ms == at("2026-07-02T08:00:00-04:00").ms);
  BOOST_TEST(until("2026-07-02T07:59:59-04:00")->ms == at("2026-07-02T08:00:00-04:00").ms);
  BOOST_TEST(!until("2026-07-02T08:00:00-04:00").has_value());
  // The night in which clocks go back has an hour more.
  BOOST_TEST(until("2026-10-31T22:00:00-04:00")->ms == at("2026-11-01T08:00:00-05:00").ms);
  BOOST_TEST(!quiet_until({"08:00", "08:00"}, "UTC", {0}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

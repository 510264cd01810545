#include "providers/twilio_sending.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace trunkline::providers;

namespace {

const std::string sid = "SM0123456789abcdef0123456789abcdef", account = "AC0123456789abcdef0123456789abcdef";

http_outcome said(int status, std::string body, std::optional<int> retry_after = {}) {
  answered answer;
  answer.status = status, answer.body = std::move(body), answer.content_type = "application/json";
  if (retry_after)
    answer.retry_after = std::chrono::seconds(*retry_after);
  return {std::move(answer), std::chrono::milliseconds(42)};
}

std::string refusal(int code) { return R"({"code":)" + std::to_string(code) + R"(,"message":"no","status":400})"; }

template <class T>
T as(const actors::send_answer& answer) {
  BOOST_REQUIRE(std::holds_alternative<T>(answer));
  return std::get<T>(answer);
}

bool is_unknown(const http_outcome& got) { return std::holds_alternative<core::send_unknown>(read_send(got)); }

} // namespace

BOOST_AUTO_TEST_SUITE(an_attempt_to_send)

BOOST_AUTO_TEST_CASE(has_gone_out_when_twilio_names_it) {
  const auto end = as<core::send_accepted>(
      read_send(said(201, R"({"sid":")" + sid + R"(","status":"queued","num_segments":"2","price":null})")));
  BOOST_TEST(end.twilio_sid == sid);
  BOOST_TEST(*end.segments == 2);
}

BOOST_AUTO_TEST_CASE(is_unknown_whenever_twilio_may_have_taken_it) {
  BOOST_TEST(is_unknown({fate_unknown{"reset"}, {}}));
  for (const int status : {500, 502, 503, 504, 302, 202})
    BOOST_TEST(is_unknown(said(status, "<html>")), status);
  BOOST_TEST(is_unknown(said(201, R"({"sid":")")));      // cut
  BOOST_TEST(is_unknown(said(201, R"({"sid":"SM1"})"))); // no SID
  BOOST_TEST(is_unknown(said(200, "")));
}

BOOST_AUTO_TEST_CASE(goes_back_into_the_queue_when_nothing_was_done_with_it) {
  const auto later = as<actors::send_not_now>(read_send(said(429, refusal(20429), 3)));
  BOOST_TEST(*later.wait_ms == 3'000);
  BOOST_TEST(later.slow_down);
  BOOST_TEST(!later.of_its_lane);
  BOOST_TEST(as<actors::send_not_now>(read_send(said(400, refusal(21611)))).of_its_lane);
  using cause = not_sent::cause;
  for (const auto why : {cause::no_connection, cause::held_back, cause::no_room, cause::stopped})
    BOOST_TEST(!as<actors::send_not_now>(read_send({not_sent{why, ""}, {}})).slow_down);
}

BOOST_AUTO_TEST_CASE(is_over_when_twilio_refuses_the_message_itself) {
  const auto end = as<core::send_rejected>(read_send(said(400, refusal(21211))));
  BOOST_TEST(*end.code == 21211);
  BOOST_TEST(end.message == "Invalid phone number format");
  BOOST_TEST(as<core::send_rejected>(read_send(said(401, refusal(20003)))).message == "Twilio authentication failed");
  BOOST_TEST(!as<core::send_rejected>(read_send(said(404, "<html>"))).code.has_value());
}

BOOST_AUTO_TEST_CASE(says_all_that_twilio_has_to_know) {
  actors::send_message order;
  auto& message = order.message.message;
  message.communication_type = "whatsapp";
  message.twilio_number = core::phone_number("+12125550101");
  message.user_phone_number = core::phone_number("+16465551000");
  message.content = "Hi & bye";
  message.media = {"https://example.com/a.png", "https://example.com/b.png"};
  order.status_callback = "https://gw.example.com/hooks/k/status/msg_1/1";
  order.smart_encoded = true;
  BOOST_TEST(
      write_send(order) ==
      "To=whatsapp%3A%2B16465551000&From=whatsapp%3A%2B12125550101&StatusCallback=https%3A%2F%2Fgw.example.com%2F"
      "hooks%2Fk%2Fstatus%2Fmsg_1%2F1&Body=Hi+%26+bye&MediaUrl=https%3A%2F%2Fexample.com%2Fa.png&MediaUrl=https"
      "%3A%2F%2Fexample.com%2Fb.png&SmartEncoded=true");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(twilios_list_of_what_was_sent)

BOOST_AUTO_TEST_CASE(is_read_page_by_page_and_never_in_part) {
  const std::string row =
      R"({"sid":")" + sid +
      R"(","status":"sent","date_created":"Thu, 24 Aug 2023 05:01:45 +0000","direction":"outbound-api",)"
      R"("num_segments":"1","error_code":null})";
  const std::string inbound =
      R"({"sid":")" + sid +
      R"(","status":"received","date_created":"Thu, 24 Aug 2023 05:01:45 +0000","direction":"inbound"})";
  const std::string next = "/2010-04-01/Accounts/" + account + "/Messages.json?PageToken=x";
  const auto page = read_sent_page(
      said(200, R"({"messages":[)" + row + "," + inbound + R"(],"next_page_uri":")" + next + R"("})"), account);
  BOOST_REQUIRE(page);
  BOOST_REQUIRE_EQUAL(page->messages.size(), 1u);
  BOOST_TEST(page->messages[0].created_at.ms == 1'692'853'305'000);
  BOOST_TEST(page->next == next);
  for (const auto& bad : {said(500, ""), said(200, "{}"), said(200, R"({"messages":[{}]})"),
                          said(200, R"({"messages":[],"next_page_uri":"https://evil.example.com/"})"),
                          http_outcome{fate_unknown{""}, {}}})
    BOOST_TEST(!read_sent_page(bad, account).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

#include "providers/twilio_answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace trunkline::providers;

namespace {

http_outcome said(int status, std::string body, std::string type = "application/json") {
  answered answer;
  answer.status = status, answer.body = std::move(body), answer.content_type = std::move(type);
  answer.request_id = "RQ1";
  return {std::move(answer), std::chrono::milliseconds(42)};
}

core::error error_of(const http_outcome& got) {
  const auto read = read_account(got);
  BOOST_REQUIRE(!read);
  return read.error();
}

std::string word_of(const http_outcome& got) { return std::string(core::to_string(error_of(got).code)); }

const core::phone_number ours("+12125550101");

/// A list as Twilio writes it, with these rows.
http_outcome list_of(const std::string& rows) {
  return said(200, R"({"incoming_phone_numbers":[)" + rows +
                       R"(],"page":0,"next_page_uri":null,"something_new":{"a":[1]}})");
}

std::string row(const std::string& number, const std::string& more = "") {
  return R"({"sid":"PN1","phone_number":")" + number + R"(","friendly_name":"Main","voice_application_sid":null)" +
         more + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_twilio_says)

BOOST_AUTO_TEST_CASE(of_an_account_is_its_state) {
  const auto read = read_account(said(200, R"({"sid":"AC1","status":"suspended","type":"Trial","friendly_name":"Acme",
    "auth_token":"t0ken","owner_account_sid":null,"subresource_uris":{"calls":"/x"}})"));
  BOOST_REQUIRE(read);
  BOOST_TEST(read->status == "suspended");
  BOOST_TEST(read->type == "Trial");
  BOOST_TEST(read->friendly_name == "Acme");
  BOOST_TEST(read->latency_ms == 42);
}

BOOST_AUTO_TEST_CASE(of_a_number_is_how_it_is_set_up) {
  const auto read = read_number(list_of(row("+12125550101", R"(,"capabilities":{"voice":true,"SMS":true,"mms":false},
    "voice_url":"https://gw.example.com/v","voice_method":"POST","sms_url":"https://gw.example.com/s","sms_method":"GET",
    "status_callback":"","trunk_sid":"TK1")")),
                                ours);
  BOOST_REQUIRE((read && *read));
  const auto& number = **read;
  BOOST_TEST(number.sid == "PN1");
  BOOST_TEST(number.number.str() == "+12125550101");
  BOOST_TEST((number.voice && number.sms && !number.mms));
  BOOST_TEST(number.voice_url == "https://gw.example.com/v");
  BOOST_TEST(number.sms_method == "GET");
  BOOST_TEST(number.voice_application_sid == "");
  BOOST_TEST(number.trunk_sid == "TK1");
}

BOOST_AUTO_TEST_CASE(of_numbers_that_only_resemble_ours_is_that_ours_is_not_there) {
  BOOST_TEST(!read_number(list_of(""), ours)->has_value());
  BOOST_TEST(!read_number(list_of(row("+121255501012")), ours)->has_value());
  BOOST_TEST(read_number(list_of(row("+121255501012") + "," + row("+12125550101")), ours)->has_value());
  BOOST_TEST(!read_number(list_of("null,7,[]"), ours)->has_value());
}

BOOST_AUTO_TEST_CASE(is_not_passed_on_when_it_repeats_the_credentials) {
  const core::secret token("t0ken+/= of Acme");
  const auto after = [&](const std::string& message, const std::string& link) {
    auto refused = error_of(said(401, R"({"code":20003,"message":")" + message + R"(","more_info":")" + link + "\"}"));
    conceal(refused, "AC1", token);
    return std::pair(refused.twilio->message, refused.twilio->more_info);
  };
  const std::string docs = "https://www.twilio.com/docs/errors/20003";
  const std::pair<std::string, std::string> nothing("HTTP 401", "");
  BOOST_TEST((after("Authenticate", docs) == std::pair(std::string("Authenticate"), docs)));
  BOOST_TEST((after("AC1:t0ken+/= of Acme is wrong", docs) == nothing));
  BOOST_TEST((after("Basic QUMxOnQwa2VuKy89IG9mIEFjbWU= is wrong", docs) == nothing));
  BOOST_TEST((after("Authenticate", docs + "?token=t0ken%2B%2f%3D%20of%20Acme") == nothing));
  BOOST_TEST((after("100 % %zz %", docs) == std::pair(std::string("100 % %zz %"), docs)));
}

BOOST_AUTO_TEST_CASE(when_it_refuses_the_credentials_is_passed_on) {
  const auto refused = error_of(said(
      401,
      R"({"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401})"));
  BOOST_TEST((refused.code == core::ec::twilio_credentials_rejected));
  BOOST_REQUIRE(refused.twilio);
  BOOST_TEST(refused.twilio->http_status == 401);
  BOOST_TEST(refused.twilio->code == 20003);
  BOOST_TEST(refused.twilio->message == "Authenticate");
  BOOST_TEST(refused.twilio->more_info == "https://www.twilio.com/docs/errors/20003");
  BOOST_TEST(refused.detail == "Twilio authentication failed. Fix credentials or Twilio account.");
  BOOST_TEST(refused.context == "Twilio: 401 20003 RQ1");
}

BOOST_AUTO_TEST_CASE(is_a_refusal_of_the_credentials_in_other_words_too) {
  BOOST_TEST(word_of(said(401, "")) == "twilio_credentials_rejected");
  BOOST_TEST(word_of(said(403, R"({"code":20006})")) == "twilio_credentials_rejected");
  BOOST_TEST(word_of(said(400, R"({"code":20005})")) == "twilio_credentials_rejected");
  BOOST_TEST(word_of(said(404, R"({"code":20404})")) == "twilio_credentials_rejected"); // the account is not theirs
}

BOOST_AUTO_TEST_CASE(when_it_is_too_much_is_when_to_come_back) {
  auto busy = said(429, R"({"code":20429,"message":"Too Many Requests","status":429})");
  BOOST_TEST(error_of(busy).retry_after_seconds == 1);
  for (const auto& [given, taken] : {std::pair(17, 17), {0, 1}, {1'000'000, 3600}}) {
    std::get<answered>(busy.what).retry_after = std::chrono::seconds(given);
    BOOST_TEST(error_of(busy).retry_after_seconds == taken);
  }
  BOOST_TEST(word_of(busy) == "twilio_unreachable");
  BOOST_TEST(error_of(busy).twilio->code == 20429);
}

BOOST_AUTO_TEST_CASE(when_it_is_broken_is_that_it_cannot_be_reached) {
  BOOST_TEST(word_of(said(500, R"({"code":20500})")) == "twilio_unreachable");
  const auto proxy = error_of(said(502, "<html>Bad gateway</html>", "text/html"));
  BOOST_TEST((proxy.code == core::ec::twilio_unreachable));
  BOOST_TEST(proxy.twilio->http_status == 502);
  BOOST_TEST(proxy.twilio->code == 0);
  BOOST_TEST(proxy.detail == "Twilio answered 502.");
}

BOOST_AUTO_TEST_CASE(when_nobody_understands_it_is_that_it_cannot_be_reached) {
  for (const auto* text : {"", "<html>", "[]", "{}", "{\"status\":7}", "{\"status\":\"active\"", "null"})
    BOOST_TEST(word_of(said(200, text)) == "twilio_unreachable", text);
  for (const auto* text : {"{}", "{\"incoming_phone_numbers\":{}}", "{\"incoming_phone_numbers\":[1}"})
    BOOST_TEST(!read_number(said(200, text), ours).has_value(), text);
  BOOST_TEST(word_of(said(302, "")) == "twilio_unreachable");
  auto cut = said(200, R"({"status":"active"})");
  std::get<answered>(cut.what).cut = true;
  BOOST_TEST(word_of(cut) == "twilio_unreachable");
}

BOOST_AUTO_TEST_CASE(when_it_refuses_what_we_ask_is_our_fault) {
  BOOST_TEST(word_of(said(400, R"({"code":20001})")) == "internal_error");
}

BOOST_AUTO_TEST_CASE(of_what_it_says_in_passing_only_the_expected_gets_further) {
  const auto odd = error_of(
      said(401, R"({"code":"20003","more_info":"javascript:alert-1","message":")" + std::string(5000, 'x') + "\"}"));
  BOOST_TEST(odd.twilio->code == 0);
  BOOST_TEST(odd.twilio->message == "HTTP 401");
  BOOST_TEST(odd.twilio->more_info == "");
}

BOOST_AUTO_TEST_CASE(of_a_recording_is_its_sound) {
  const auto read = read_recording(said(200, "ID3...", "audio/mpeg"));
  BOOST_REQUIRE(read);
  BOOST_TEST(read->content_type == "audio/mpeg");
  BOOST_TEST(read->bytes == "ID3...");
  BOOST_TEST((read_recording(said(404, R"({"code":20404})")).error().code == core::ec::not_found));
  BOOST_TEST((read_recording(said(200, "<script>", "text/html")).error().code == core::ec::twilio_unreachable));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_twilio_does_not_say)

const http_outcome lost{fate_unknown{"Timeout was reached"}};
const http_outcome refused{not_sent{not_sent::cause::no_connection, "Couldn't connect to server"}};
const http_outcome crowded{not_sent{not_sent::cause::no_room, "too many requests wait"}};

BOOST_AUTO_TEST_CASE(is_that_it_cannot_be_reached_unless_it_was_not_asked) {
  BOOST_TEST(word_of(lost) == "twilio_unreachable");
  BOOST_TEST(word_of(refused) == "twilio_unreachable");
  BOOST_TEST(word_of(crowded) == "overloaded");
  BOOST_TEST(!error_of(lost).twilio.has_value());
}

BOOST_AUTO_TEST_CASE(is_no_answer_for_the_breaker_but_a_refusal_is) {
  for (const auto& got : {lost, refused, said(500, ""), said(503, "")})
    BOOST_TEST((presence_of(got) == presence::away));
  for (const auto& got : {said(200, ""), said(401, ""), said(404, ""), said(429, "")})
    BOOST_TEST((presence_of(got) == presence::there));
  BOOST_TEST((presence_of(crowded) == presence::not_asked));
}

BOOST_AUTO_TEST_SUITE_END()

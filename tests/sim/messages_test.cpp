#include "tests/sim/world_fixture.hpp"
#include "twilio/form.hpp"

using namespace trunkline;

BOOST_FIXTURE_TEST_SUITE(sim_messages, tests::world_fixture)

BOOST_AUTO_TEST_CASE(an_accepted_message_looks_like_twilios) {
  send_sms();
  BOOST_TEST(last.status == 201);
  BOOST_TEST(text("status") == "queued");
  BOOST_TEST(text("num_segments") == "1");
  BOOST_TEST(json["num_segments"].IsString());
  BOOST_TEST(text("price") == "null");
  BOOST_TEST(text("date_sent") == "null");
  BOOST_TEST(text("date_created") == "Thu, 20 Nov 2025 14:46:40 +0000");
  BOOST_TEST(text("uri").ends_with("/Messages/" + text("sid") + ".json"));
}

BOOST_AUTO_TEST_CASE(what_twilio_refuses_is_refused_with_its_code) {
  const std::pair<const char*, const char*> refused[] = {
      {"From=%2B12125550101&Body=x", "21604"},
      {"To=%2B15551234567&Body=x", "21603"},
      {"To=%2B15551234567&From=%2B12125550101", "21602"},
      {"To=12&From=%2B12125550101&Body=x", "21211"},
      {"To=%2B15551234567&From=12&Body=x", "21212"},
      {"To=%2B15551234567&From=%2B12125550102&Body=x", "21606"}, // the other company's
      {"To=%2B15551234567&From=%2B12125550101&Body=x&StatusCallback=ftp://h", "21609"},
      {"To=%2B15551234567&From=%2B12125550101&Body=x&StatusCallback=http://a_b/", "21609"},
      {"To=%2B15551234567&MessagingServiceSid=MG1&Body=x", "21705"},
      {"To=whatsapp:%2B15551234567&From=%2B12125550101&Body=x", "21612"},
  };
  for (const auto& [body, code] : refused) {
    ask("POST", "/Messages.json", body);
    BOOST_TEST_CONTEXT(body) {
      BOOST_TEST(last.status == 400);
      BOOST_TEST(text("code") == code);
      BOOST_TEST(text("more_info") == std::string("https://www.twilio.com/docs/errors/") + code);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_magic_numbers_of_twilios_test_credentials_work) {
  const std::pair<const char*, const char*> to[] = {{"%2B15005550001", "21211"},
                                                    {"%2B15005550002", "21612"},
                                                    {"%2B15005550003", "21408"},
                                                    {"%2B15005550004", "21610"},
                                                    {"%2B15005550009", "21614"}};
  for (const auto& [number, code] : to)
    BOOST_TEST(send_sms(number) == code);
  const std::pair<const char*, const char*> from[] = {
      {"%2B15005550001", "21212"}, {"%2B15005550007", "21606"}, {"%2B15005550008", "21611"}};
  for (const auto& [number, code] : from)
    BOOST_TEST(ask("POST", "/Messages.json", std::string("To=%2B15551234567&Body=x&From=") + number).text("code") ==
               code);
  ask("POST", "/Messages.json", "To=%2B15551234567&Body=x&From=%2B15005550006");
  BOOST_TEST(last.status == 201);
}

BOOST_AUTO_TEST_CASE(the_length_limit_counts_utf_16_units) {
  BOOST_TEST(send_sms("%2B15551234567", "&MediaUrl=https://h/a.png").starts_with("MM"));
  std::string emoji;
  for (int i = 0; i < 800; ++i)
    emoji += "😀";
  const auto send = [&](const std::string& body) {
    ask("POST", "/Messages.json",
        twilio::form_encode({{"To", "+15551234567"}, {"From", "+12125550101"}, {"Body", body}}));
    return last.status;
  };
  BOOST_TEST(send(emoji) == 201);
  BOOST_TEST(send(emoji + "x") == 400);
  BOOST_TEST(text("code") == "21617");
}

BOOST_AUTO_TEST_CASE(a_message_is_reported_sent_then_delivered) {
  const auto sid = send_sms("%2B15551234567", "&StatusCallback=http://127.0.0.1:8080/hooks/k/status");
  BOOST_TEST(out.sent.empty());
  out.pass(1000);
  BOOST_REQUIRE(out.sent.size() == 2U);
  const auto first = twilio::form::parse(out.sent[0].body), second = twilio::form::parse(out.sent[1].body);
  BOOST_TEST(first->get("MessageStatus") == "sent");
  BOOST_TEST(second->get("MessageStatus") == "delivered");
  BOOST_TEST(second->get("MessageSid") == sid);
  ask("GET", "/Messages/" + sid + ".json");
  BOOST_TEST(text("status") == "delivered");
  BOOST_TEST(text("price") == "-0.00750");
}

BOOST_AUTO_TEST_CASE(a_number_can_be_made_to_fail_with_any_delivery_error) {
  const auto sid = send_sms("%2B15005553007", "&StatusCallback=http://127.0.0.1:8080/s");
  const auto lost = send_sms("%2B15005553001");
  const auto silent = send_sms("%2B15005554000");
  out.pass(1000);
  BOOST_TEST(twilio::form::parse(out.sent.back().body)->get("ErrorCode") == "30007");
  BOOST_TEST(ask("GET", "/Messages/" + sid + ".json").text("status") == "undelivered");
  BOOST_TEST(text("error_code") == "30007");
  BOOST_TEST(ask("GET", "/Messages/" + lost + ".json").text("status") == "failed");
  BOOST_TEST(ask("GET", "/Messages/" + silent + ".json").text("status") == "sent");
}

BOOST_AUTO_TEST_CASE(a_suspended_account_fails_what_it_has_under_way) {
  const auto sid = send_sms();
  world.data.find_account(std::string(ours.sid))->status = "suspended";
  BOOST_TEST(send_sms() == "20005");
  out.pass(1000);
  world.data.find_account(std::string(ours.sid))->status = "active";
  BOOST_TEST(ask("GET", "/Messages/" + sid + ".json").text("error_code") == "30002");
}

BOOST_AUTO_TEST_CASE(who_said_stop_gets_nothing_until_start) {
  const auto say = [&](const char* word) {
    control("POST", "/sim/webhooks/sms",
            std::string(R"({"to":"+12125550101","from":"+15551234567","body":")") + word + "\"}");
  };
  say("stop");
  BOOST_TEST(last.status == 200);
  BOOST_TEST(send_sms() == "21610");
  BOOST_TEST(send_sms("%2B15551234568").starts_with("SM"));
  say("START");
  BOOST_TEST(send_sms().starts_with("SM"));
}

BOOST_AUTO_TEST_CASE(only_a_message_that_has_not_left_can_be_canceled) {
  const auto sid = send_sms();
  BOOST_TEST(ask("POST", "/Messages/" + sid + ".json", "Status=canceled").text("status") == "canceled");
  out.pass(1000);
  BOOST_TEST(ask("GET", "/Messages/" + sid + ".json").text("status") == "canceled");
  const auto gone = send_sms();
  out.pass(1000);
  BOOST_TEST(ask("POST", "/Messages/" + gone + ".json", "Status=canceled").last.status == 400);
  BOOST_TEST(ask("POST", "/Messages/" + gone + ".json", "Body=").text("body") == "");
  BOOST_TEST(ask("DELETE", "/Messages/" + gone + ".json").last.status == 204);
  BOOST_TEST(ask("GET", "/Messages/" + gone + ".json").last.status == 404);
}

BOOST_AUTO_TEST_CASE(the_list_filters_by_recipient_and_by_date_sent) {
  send_sms("%2B15551234567");
  out.pass(1000);
  send_sms("%2B15557654321"); // not sent yet: in no range of dates
  const auto listed = [&](const char* query) {
    ask("GET", std::string("/Messages.json?") + query);
    return json["messages"].Size();
  };
  BOOST_TEST(listed("") == 2U);
  BOOST_TEST(listed("To=%2B15557654321") == 1U);
  BOOST_TEST(listed("DateSent=2025-11-20") == 1U);
  BOOST_TEST(listed("DateSent%3E=2025-11-20") == 1U);
  BOOST_TEST(listed("DateSent%3C=2025-11-19") == 0U);
  BOOST_TEST(listed("DateSent%3E=2025-11-21") == 0U);
}

BOOST_AUTO_TEST_CASE(a_trial_account_puts_its_words_before_every_text) {
  world.data.find_account(std::string(ours.sid))->type = "Trial";
  send_sms();
  BOOST_TEST(text("body") == "Sent from your Twilio trial account - hello");
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/sim/world_fixture.hpp"

using namespace trunkline;

BOOST_FIXTURE_TEST_SUITE(sim_resources, tests::world_fixture)

// -- who may do what ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(credentials_are_really_checked) {
  auto request = asked("GET", "/2010-04-01/Accounts/" + std::string(ours.sid) + ".json");
  const auto status = [&](const std::string& authorization) {
    request.authorization = authorization;
    return raw(request)->answer.status;
  };
  BOOST_TEST(status(basic(ours.sid, ours.auth_token)) == 200);
  BOOST_TEST(status(basic(ours.sid, "wrong")) == 401);
  BOOST_TEST(status(basic(ours.sid, "")) == 401);
  BOOST_TEST(status(basic(sim::demo_companies[1].sid, sim::demo_companies[1].auth_token)) == 401);
  BOOST_TEST(status("") == 401);
  BOOST_TEST(status("Basic !!!") == 401);
  BOOST_TEST(status("Bearer x") == 401);
}

BOOST_AUTO_TEST_CASE(an_api_key_and_the_parent_account_open_a_sub_account) {
  control("POST", "/sim/accounts",
          R"({"sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","authToken":"t","owner":"ACde300000000000000000000000000101",
              "apiKeys":[{"sid":"SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","secret":"s"}],"numbers":["+13125550100"]})");
  BOOST_TEST(last.status == 201);
  auto request = asked("GET", "/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers.json");
  BOOST_TEST(raw(request)->answer.status == 200);
  request.authorization = basic("SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "s");
  BOOST_TEST(raw(request)->answer.status == 200);
  request.authorization = basic("SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "t");
  BOOST_TEST(raw(request)->answer.status == 401);
}

BOOST_AUTO_TEST_CASE(a_suspended_account_shows_its_status_and_nothing_else) {
  control("POST", "/sim/accounts", R"({"sid":"ACde300000000000000000000000000101","status":"suspended"})");
  BOOST_TEST(ask("GET", ".json").text("status") == "suspended");
  BOOST_TEST(ask("GET", "/Calls.json").last.status == 403);
  BOOST_TEST(text("code") == "20005");
}

BOOST_AUTO_TEST_CASE(what_does_not_exist_is_20404_in_twilios_shape) {
  for (const char* below :
       {"/Nothing.json", "/Messages/SM00000000000000000000000000000000.json", "/Messages", "//.json"}) {
    BOOST_TEST(ask("GET", below).last.status == 404, below);
    BOOST_TEST(text("code") == "20404");
  }
  BOOST_TEST(ask("PUT", "/Messages.json").last.status == 405);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_no_form_is_refused) {
  auto request = asked("POST", "/2010-04-01/Accounts/" + std::string(ours.sid) + "/Messages.json", "{\"To\":1}");
  request.content_type = "application/json";
  BOOST_TEST(raw(request)->answer.status == 415);
  BOOST_TEST(ask("POST", "/Messages.json", "To=%zz").last.status == 400);
}

BOOST_AUTO_TEST_CASE(answers_say_how_many_requests_of_the_account_are_under_way) {
  const auto concurrent = [&] {
    for (const auto& [name, value] : last.headers)
      if (name == "Twilio-Concurrent-Requests")
        return value;
    return std::string();
  };
  ask("GET", ".json");
  BOOST_TEST(concurrent() == "1");
  control("POST", "/sim/faults", R"({"delay_ms":1000,"count":1})");
  raw(asked("GET", "/2010-04-01/Accounts/" + std::string(ours.sid) + ".json"));
  ask("GET", ".json");
  BOOST_TEST(concurrent() == "2");
  out.pass(1000);
  ask("GET", ".json");
  BOOST_TEST(concurrent() == "1");
}

// -- numbers ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_number_on_offer_can_be_bought_once) {
  ask("GET", "/AvailablePhoneNumbers/US/Local.json?AreaCode=415&Contains=*55500&PageSize=2");
  const std::string offered = json["available_phone_numbers"][0]["phone_number"].GetString();
  BOOST_TEST(offered.starts_with("+1415555"));
  ask("POST", "/IncomingPhoneNumbers.json",
      "PhoneNumber=%2B" + offered.substr(1) + "&VoiceUrl=https://gw.example.com/v");
  BOOST_TEST(last.status == 201);
  BOOST_TEST(text("voice_url") == "https://gw.example.com/v");
  BOOST_TEST(ask("POST", "/IncomingPhoneNumbers.json", "PhoneNumber=%2B" + offered.substr(1)).text("code") == "21422");
  ask("GET", "/AvailablePhoneNumbers/US/Local.json?AreaCode=415&Contains=*55500&PageSize=2");
  BOOST_TEST(json["available_phone_numbers"][0]["phone_number"].GetString() != offered);
}

BOOST_AUTO_TEST_CASE(the_magic_purchases_fail_as_twilios_do) {
  const std::pair<const char*, const char*> refused[] = {{"PhoneNumber=%2B15005550000", "21422"},
                                                         {"PhoneNumber=%2B15005550001", "21421"},
                                                         {"AreaCode=533", "21452"},
                                                         {"AreaCode=5", "21451"},
                                                         {"", "21421"}};
  for (const auto& [body, code] : refused)
    BOOST_TEST(ask("POST", "/IncomingPhoneNumbers.json", body).text("code") == code);
  BOOST_TEST(ask("POST", "/IncomingPhoneNumbers.json", "AreaCode=500").last.status == 201);
}

BOOST_AUTO_TEST_CASE(an_update_changes_what_it_names_or_nothing) {
  const auto below = "/IncomingPhoneNumbers/PN" + std::string(ours.sid.substr(2)) + ".json";
  ask("POST", below, "VoiceUrl=https://gw.example.com/v&SmsUrl=https://gw.example.com/s&SmsMethod=GET");
  BOOST_TEST(text("sms_method") == "GET");
  BOOST_TEST(ask("POST", below, "VoiceUrl=nonsense&SmsUrl=").text("code") == "21402");
  BOOST_TEST(ask("POST", below, "VoiceUrl=&VoiceFallbackUrl=https://gw.example.com/f").text("code") == "21405");
  BOOST_TEST(ask("GET", below).text("sms_url") == "https://gw.example.com/s");
  BOOST_TEST(text("voice_url") == "https://gw.example.com/v");
  BOOST_TEST(ask("POST", below, "VoiceUrl=").text("voice_url") == "");
}

BOOST_AUTO_TEST_CASE(a_released_number_is_on_offer_again) {
  const auto below = "/IncomingPhoneNumbers/PN" + std::string(ours.sid.substr(2)) + ".json";
  BOOST_TEST(
      ask("GET", "/IncomingPhoneNumbers.json?PhoneNumber=%2B12125550101").json["incoming_phone_numbers"].Size() == 1U);
  BOOST_TEST(ask("DELETE", below).last.status == 204);
  BOOST_TEST(ask("GET", below).last.status == 404);
  BOOST_TEST(ask("POST", "/IncomingPhoneNumbers.json", "PhoneNumber=%2B12125550101").last.status == 201);
}

BOOST_AUTO_TEST_CASE(a_type_that_a_country_lacks_is_not_found) {
  BOOST_TEST(ask("GET", "/AvailablePhoneNumbers/US/Mobile.json").text("code") == "20404");
  BOOST_TEST(ask("GET", "/AvailablePhoneNumbers/US/TollFree.json").last.status == 200);
  BOOST_TEST(ask("GET", "/AvailablePhoneNumbers/XX/Local.json").last.status == 404);
  ask("GET", "/AvailablePhoneNumbers/US.json");
  BOOST_TEST(json["subresource_uris"].HasMember("local"));
  BOOST_TEST(!json["subresource_uris"].HasMember("mobile"));
}

BOOST_AUTO_TEST_CASE(a_trial_account_gets_one_number) {
  control("POST", "/sim/accounts", R"({"sid":"ACde300000000000000000000000000101","type":"Trial"})");
  BOOST_TEST(ask("POST", "/IncomingPhoneNumbers.json", "AreaCode=415").text("code") == "21404");
}

// -- calls --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_call_reports_what_was_asked_for_and_fetches_its_instructions) {
  ask("POST", "/Calls.json",
      "To=%2B15551234567&From=%2B12125550101&Url=http://127.0.0.1:8080/twiml&StatusCallback=http://127.0.0.1:8080/s"
      "&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered&StatusCallbackEvent="
      "completed");
  BOOST_TEST(last.status == 201);
  const auto sid = text("sid");
  out.pass(5000);
  std::string seen;
  for (const auto& call : out.sent) {
    const auto form = twilio::form::parse(call.body);
    seen += std::string(form->get("CallStatus")) + std::string(form->get("SequenceNumber")) + " ";
  }
  BOOST_TEST(seen == "initiated0 ringing1 in-progress2 in-progress completed3 ");
  BOOST_TEST(ask("GET", "/Calls/" + sid + ".json").text("status") == "completed");
}

BOOST_AUTO_TEST_CASE(a_call_may_end_without_an_answer_and_tells_it_by_default) {
  ask("POST", "/Calls.json",
      "To=%2B15005554486&From=%2B12125550101&Url=http://127.0.0.1:8080/twiml&StatusCallback=http://127.0.0.1:8080/s");
  out.pass(5000);
  BOOST_REQUIRE(out.sent.size() == 1U);
  BOOST_TEST(twilio::form::parse(out.sent[0].body)->get("CallStatus") == "busy");
}

BOOST_AUTO_TEST_CASE(a_call_can_be_ended_once) {
  ask("POST", "/Calls.json", "To=%2B15551234567&From=%2B12125550101&Twiml=<Response/>");
  const auto below = "/Calls/" + text("sid") + ".json";
  BOOST_TEST(ask("POST", below, "Status=canceled").text("status") == "canceled");
  out.pass(5000);
  BOOST_TEST(ask("POST", below, "Status=completed").text("code") == "21220");
  BOOST_TEST(ask("GET", below).text("status") == "canceled");
}

BOOST_AUTO_TEST_CASE(the_magic_callees_are_refused) {
  const std::pair<const char*, const char*> refused[] = {{"%2B15005550001", "21217"},
                                                         {"%2B15005550002", "21214"},
                                                         {"%2B15005550003", "21215"},
                                                         {"%2B15005550004", "21216"}};
  for (const auto& [to, code] : refused)
    BOOST_TEST(ask("POST", "/Calls.json", std::string("From=%2B12125550101&Url=http://h/&To=") + to).text("code") ==
               code);
  BOOST_TEST(ask("POST", "/Calls.json", "From=%2B15005550001&Url=http://h/&To=%2B15551234567").text("code") == "21212");
  BOOST_TEST(ask("POST", "/Calls.json", "From=%2B12125550101&To=%2B15551234567").text("code") == "21205");
}

BOOST_AUTO_TEST_SUITE_END()

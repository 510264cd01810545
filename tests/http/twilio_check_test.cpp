#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

struct twilio_check_fixture : node_fixture {
  std::shared_ptr<fake_exchange> put(const std::string& body) {
    return ask("PUT", "/api/companies/co_01jd8w3k2v/twilio/config", body, {{"Content-Type", "application/json"}});
  }
  std::shared_ptr<fake_exchange> put_credentials() {
    return put(R"({"accountSid":"AC0123456789abcdef0123456789abcdef","authToken":"the-right-one"})");
  }
};

core::error rejected() {
  core::error error{core::ec::twilio_credentials_rejected, "Twilio refused the credentials.", "", {}};
  error.twilio = core::twilio_refusal{401, 20003, "Authenticate", "https://www.twilio.com/docs/errors/20003"};
  return error;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(twilio_check, twilio_check_fixture)

BOOST_AUTO_TEST_CASE(credentials_are_tried_before_they_are_stored) {
  gateway.account = core::fail(rejected());
  const auto refused = put_credentials();
  BOOST_TEST(refused->status() == 422);
  BOOST_TEST(refused->code() == "twilio_credentials_rejected");
  BOOST_TEST(refused->json()["title"].GetString() == "Twilio authentication failed");
  BOOST_TEST(refused->json()["twilio"]["code"].GetInt() == 20003);
  BOOST_TEST(gateway.company.config.credentials.account_sid.empty());
  gateway.account = actors::account_state{"active", "Full", "Acme", 12};
  BOOST_TEST(put_credentials()->status() == 200);
  BOOST_TEST(gateway.company.config.credentials.auth_token.reveal() == "the-right-one");
}

BOOST_AUTO_TEST_CASE(while_twilio_is_away_nothing_is_stored) {
  gateway.account = core::fail(core::ec::twilio_unreachable, "Twilio does not answer.");
  BOOST_TEST(put_credentials()->code() == "twilio_unreachable");
  BOOST_TEST(gateway.company.config.credentials.account_sid.empty());
}

BOOST_AUTO_TEST_CASE(a_change_of_nothing_that_twilio_knows_asks_twilio_nothing) {
  BOOST_TEST(put(R"({"recordingEnabled":false})")->status() == 200);
  BOOST_TEST(put(R"({"phoneNumbers":[{"phoneNumber":"+12125550101"}]})")->status() == 200); // no account at all
  BOOST_TEST(gateway.asked_accounts.empty());
}

BOOST_AUTO_TEST_CASE(a_number_must_be_in_the_account_and_those_that_are_not_are_named) {
  gateway.account_numbers = {"+12125550101"};
  put_credentials();
  const auto refused = put(R"({"phoneNumbers":[{"phoneNumber":"+12125550103"},{"phoneNumber":"+12125550101"},)"
                           R"({"phoneNumber":"+12125550102"}]})");
  BOOST_TEST(refused->code() == "number_not_in_account");
  const auto answer = refused->json();
  BOOST_REQUIRE_EQUAL(answer["numbers"].Size(), 2);
  BOOST_TEST(answer["numbers"][0].GetString() == "+12125550102");
  BOOST_TEST(answer["numbers"][1].GetString() == "+12125550103");
  BOOST_TEST(gateway.company.config.numbers.empty());
  BOOST_TEST(put(R"({"phoneNumbers":[{"phoneNumber":"+12125550101"}]})")->status() == 200);
  const auto& origin = gateway.company.config.numbers.at(0).origin;
  BOOST_TEST((origin.in_account == std::optional(true) && origin.capabilities == "voice,sms" && !origin.sid.empty()));
}

BOOST_AUTO_TEST_CASE(a_number_that_has_been_found_is_not_looked_for_again) {
  gateway.account_numbers = {"+12125550101"};
  put_credentials();
  put(R"({"phoneNumbers":[{"phoneNumber":"+12125550101"}]})");
  gateway.asked_accounts.clear();
  BOOST_TEST(put(R"({"phoneNumbers":[{"phoneNumber":"+12125550101","friendlyName":"Bar"}]})")->status() == 200);
  BOOST_TEST(gateway.asked_accounts.empty());
}

BOOST_AUTO_TEST_CASE(new_credentials_must_have_the_numbers_that_are_there) {
  BOOST_TEST(put(R"({"phoneNumbers":[{"phoneNumber":"+12125550101"}],"phoneNumber":"+12125550109"})")->status() == 200);
  const auto refused = put_credentials();
  BOOST_TEST(refused->code() == "number_not_in_account");
  BOOST_TEST(refused->json()["numbers"].Size() == 2);
  gateway.account_numbers = {"+12125550101", "+12125550109"};
  BOOST_TEST(put_credentials()->status() == 200);
}

BOOST_AUTO_TEST_CASE(the_stored_credentials_can_be_tried_at_any_time) {
  const std::string path = "/api/companies/co_01jd8w3k2v/twilio/test";
  BOOST_TEST(ask("POST", path)->code() == "twilio_not_configured");
  put_credentials();
  auto tried = ask("POST", path)->json();
  BOOST_TEST((tried["ok"].GetBool() && tried["error"].IsNull()));
  BOOST_TEST(tried["accountStatus"].GetString() == "active");
  gateway.account = actors::account_state{"suspended", "Full", "Acme", 12};
  tried = ask("POST", path)->json();
  BOOST_TEST((!tried["ok"].GetBool() && !tried["error"].IsNull()));
  gateway.account = core::fail(rejected());
  tried = ask("POST", path)->json();
  BOOST_TEST((!tried["ok"].GetBool() && tried["accountStatus"].IsNull() && tried["error"].IsString()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

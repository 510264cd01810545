#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

constexpr auto hello = R"({"user_phone_number":"+16465551000","content":"Hello!"})";

} // namespace

/// A company that sends from its own number.
struct with_a_sender : node_fixture {
  with_a_sender() {
    gateway.company.config.credentials.account_sid = "AC0123456789abcdef0123456789abcdef";
    gateway.company.config.credentials.auth_token = core::secret("0123456789abcdef0123456789abcdef");
    core::company_number line;
    line.number = core::phone_number(the_company::number);
    line.primary = true;
    gateway.company.config.numbers = {line};
  }
  const pairs json_body = {{"Content-Type", "application/json"}};
  std::string admin = gateway.add_key(core::role::company_admin, gateway.company.tenant.id);

  auto send(const std::string& body) { return ask_as(admin, "POST", "/api/messages", body, json_body); }
};

BOOST_FIXTURE_TEST_SUITE(sending, with_a_sender)

BOOST_AUTO_TEST_CASE(takes_the_message_and_says_what_it_will_cost) {
  const auto answered = send(R"({"user_phone_number":"(646) 555-1000","content":"Schöne Grüße 🎉"})");
  BOOST_REQUIRE_EQUAL(answered->status(), 202);
  const auto said = answered->json();
  BOOST_TEST(said["user_phone_number"].GetString() == std::string("+16465551000"));
  BOOST_TEST(said["encoding"].GetString() == std::string("UCS-2"));
  BOOST_TEST(said["price"].GetString() == std::string("0.00750"));
  BOOST_TEST(answered->sent("Location") == "/api/messages/" + std::string(said["id"].GetString()));
  BOOST_REQUIRE_EQUAL(gateway.sent.size(), 1u);
}

BOOST_AUTO_TEST_CASE(never_for_another_company_however_it_is_named) {
  for (const auto* body : {R"({"companyId":"co_foreign00001","user_phone_number":"+16465551000","content":"x"})",
                           R"({"companyId":"x","user_phone_number":"+16465551000","content":"x"})"})
    BOOST_TEST(send(body)->status() == 404);
  BOOST_TEST(ask_as(admin, "POST", "/api/messages", hello,
                    {{"Content-Type", "application/json"}, {"X-Company-Id", "co_foreign00001"}})
                 ->status() == 404);
  BOOST_TEST(gateway.sent.empty());
}

BOOST_AUTO_TEST_CASE(keeps_to_what_twilio_takes) {
  const auto counted = [&](size_t units) {
    return send(R"({"user_phone_number":"+16465551000","content":")" + std::string(units, 'x') + "\"}")->status();
  };
  BOOST_TEST(counted(1'600) == 202);
  BOOST_TEST(counted(1'601) == 422);
  std::string emoji; // two units each
  for (int i = 0; i < 801; ++i)
    emoji += "🎉";
  BOOST_TEST(send(R"({"user_phone_number":"+16465551000","content":")" + emoji + "\"}")->status() == 422);
  for (const auto* bad :
       {R"({"content":"x"})", R"({"user_phone_number":"12","content":"x"})", R"({"user_phone_number":"+16465551000"})",
        R"({"user_phone_number":"+16465551000","content":"x","media":["ftp://x"]})",
        R"({"user_phone_number":"+16465551000","content":"x","content_sid":"HX1"})",
        R"({"user_phone_number":"+16465551000","content":"x","communication_type":"fax"})",
        R"({"user_phone_number":"+16465551000","content":"x","unknown":1})"})
    BOOST_TEST(send(bad)->status() == 400, bad);
}

BOOST_AUTO_TEST_CASE(passes_the_variables_of_a_template_on) {
  BOOST_REQUIRE_EQUAL(
      send(R"({"user_phone_number":"+16465551000","communication_type":"whatsapp",)"
           R"("content_sid":"HX0123456789abcdef0123456789abcdef","content_variables":{"1":"Ana","2":"7 pm"}})")
          ->status(),
      202);
  BOOST_TEST(gateway.sent.at(0).content_variables == R"({"1":"Ana","2":"7 pm"})");
  BOOST_TEST(gateway.sent.at(0).message.price->units == 500);
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_conversation_without_saying_between_whom_it_is) {
  gateway.company.config.whatsapp_number = core::phone_number("+14155238886");
  gateway.channel.tenant = gateway.company.tenant.id;
  gateway.channel.communication_type = "whatsapp";
  gateway.channel.twilio_number = *gateway.company.config.whatsapp_number;
  gateway.channel.user_phone_number = core::phone_number("+16465551000");
  gateway.channel.id = core::channel_of(gateway.channel.tenant, "whatsapp", gateway.channel.twilio_number,
                                        gateway.channel.user_phone_number);
  const auto to_channel = [this](const std::string& more) {
    return send(R"({"content":"Hello!","channel_id":")" + gateway.channel.id.value + "\"" + more + "}");
  };
  BOOST_TEST(to_channel("")->status() == 202);
  BOOST_TEST(to_channel(R"(,"user_phone_number":"(646) 555-1000","communication_type":"whatsapp")")->status() == 202);
  BOOST_REQUIRE_EQUAL(gateway.sent.size(), 2u);
  for (const auto& [message, sid, variables, attempt] : gateway.sent) {
    BOOST_TEST((message.channel == gateway.channel.id && message.communication_type == "whatsapp"));
    BOOST_TEST((message.twilio_number == gateway.channel.twilio_number &&
                message.user_phone_number == gateway.channel.user_phone_number));
  }
  for (const auto* other : {R"(,"user_phone_number":"+16465551001")", R"(,"communication_type":"sms")",
                            R"(,"twilio_number":"+12125551234")"})
    BOOST_TEST(to_channel(other)->code() == "invalid_configuration", other);
  gateway.channel.tenant = core::tenant_id("co_foreign00001");
  BOOST_TEST(to_channel("")->code() == "not_found");
  BOOST_TEST(send(R"({"content":"Hello!","channel_id":"ch_nobody00"})")->status() == 404);
  BOOST_TEST(gateway.sent.size() == 2u);
}

BOOST_AUTO_TEST_CASE(needs_a_number_and_an_account_unless_it_is_mocked) {
  gateway.company.config.numbers.clear();
  gateway.company.config.legacy_number.reset();
  BOOST_TEST(send(hello)->json()["code"].GetString() == std::string("company_has_no_number"));
  core::company_number line;
  line.number = core::phone_number(the_company::number);
  gateway.company.config.numbers = {line};
  gateway.company.config.credentials = {};
  gateway.company.config.mock_mode = true;
  const auto mocked = send(hello);
  BOOST_REQUIRE_EQUAL(mocked->status(), 202);
  BOOST_TEST(mocked->json()["simulated"].GetBool());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

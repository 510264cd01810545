#include "json/reader.hpp"
#include "tests/json/put_config.hpp"

namespace trunkline::json {

BOOST_AUTO_TEST_SUITE(config_shape_test)

BOOST_AUTO_TEST_CASE(a_new_company_shows_the_defaults) {
  tests::put_config company;
  company.config.last_updated = core::timestamp{1'795'195'445'123};
  writer out;
  write_config(out, company.config,
               {core::credential_source::none, {"https://gw.example.com/hooks/k7/voice", "s", "t"}});
  BOOST_TEST(
      out.take() ==
      R"({"accountSid":null,"authTokenSet":false,"nextAuthTokenSet":false,"apiKeySet":false,"apiSecretSet":false,)"
      R"("credentialSource":"none","phoneNumber":null,"phoneNumbers":[],"callRoutingMode":"ai-agent",)"
      R"("fallbackChain":["ai-agent","voicemail"],"recordingEnabled":true,"forwardNumber":null,"forwardTimeoutSeconds":25,)"
      R"("forwardTimeLimitSeconds":14400,"whisperMessage":null,"voicemail":{"greeting":"Please leave a message after the tone.",)"
      R"("greetingUrl":null,"language":"en-US","voice":null,"maxLengthSeconds":120,"timeoutSeconds":5,"finishOnKey":"#",)"
      R"("playBeep":true,"transcribe":true},"agent":{"engine":"conversation-relay","url":null,"language":"en-US",)"
      R"("welcomeGreeting":null,"knowledgeBaseId":null,"vapiAssistantId":null,"voice":{"provider":"ElevenLabs",)"
      R"("voiceId":"NYC9WEgkq1u4jiqBseQ9","model":null,"speed":null,"stability":null,"similarity":null}},)"
      R"("rateLimit":{"numberSegmentsPerSecond":null,"companySegmentsPerSecond":null,"campaignSegmentsPerSecond":null},)"
      R"("dailySpendCap":null,"quietHours":null,"allowedCountries":null,"autoReply":null,"whatsappNumber":null,)"
      R"("smartEncoding":false,"unknownOutcome":"hold","signatureMode":"enforce","mockMode":false,)"
      R"("webhookUrls":{"voice":"https://gw.example.com/hooks/k7/voice","sms":"s","status":"t"},)"
      R"("lastUpdated":"2026-11-20T17:24:05.123Z"})");
}

BOOST_AUTO_TEST_CASE(secrets_never_come_back) {
  tests::put_config company;
  company.ok(R"({"accountSid":")" + tests::some_sid +
             R"(","authToken":"current-t","nextAuthToken":"next-t","apiKey":")" + tests::some_key +
             R"(","apiSecret":"hush-hush"})");
  const auto shown = company.get();
  for (const std::string_view secret : {"current-t", "next-t", tests::some_key.c_str(), "hush-hush"}) {
    BOOST_TEST(shown.find(secret) == std::string::npos);
    BOOST_TEST(write_settings(company.config).find(secret) == std::string::npos);
  }
  for (const auto flag : {"authTokenSet", "nextAuthTokenSet", "apiKeySet", "apiSecretSet"})
    BOOST_TEST(shown.find(fmt::format("\"{}\":true", flag)) != std::string::npos);
  BOOST_TEST(shown.find(tests::some_sid) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_body_of_a_get_may_be_put) {
  tests::put_config company;
  company.set_credentials();
  company.ok(R"({"phoneNumbers":[{"phoneNumber":"+15551234567","friendlyName":"Main"}],"whisperMessage":"Hi",
                 "quietHours":{"start":"21:00","end":"08:00"},"dailySpendCap":"12.5","allowedCountries":["US","CA"],
                 "agent":{"voice":null,"url":"wss://a.example/x"}})");
  const auto before = company.get();
  company.ok(before);
  BOOST_TEST(company.get() == before);
  BOOST_TEST(company.config.credentials.auth_token.equals("token-1"));
}

BOOST_AUTO_TEST_CASE(the_database_form_gives_everything_back_but_credentials_and_numbers) {
  tests::put_config company;
  company.set_credentials();
  company.ok(
      R"({"phoneNumber":"+15557654321","phoneNumbers":[{"phoneNumber":"+15551234567"}],"callRoutingMode":"forward",
                 "forwardNumber":"+15550001111","fallbackChain":["forward","ai-agent","voicemail"],"recordingEnabled":false,
                 "forwardTimeoutSeconds":5,"forwardTimeLimitSeconds":60,"whisperMessage":"W \u2603",
                 "voicemail":{"greetingUrl":"https://x.example/g.mp3","voice":"Polly.Joanna","maxLengthSeconds":9,"finishOnKey":"",
                   "playBeep":false,"transcribe":false,"timeoutSeconds":3,"language":"de-DE","greeting":"Hallo"},
                 "agent":{"engine":"stream","url":"wss://a.example/x","welcomeGreeting":"Hi","knowledgeBaseId":"kb","language":"fr",
                   "vapiAssistantId":"v","voice":{"provider":"Google","voiceId":"en-US-Journey-O","model":"m","speed":0.7,
                   "stability":0.1,"similarity":1}},
                 "rateLimit":{"numberSegmentsPerSecond":0.5},"dailySpendCap":"3","quietHours":{"start":"21:00","end":"08:00"},
                 "allowedCountries":[],"autoReply":"Thanks","whatsappNumber":"+14155238886","smartEncoding":true,
                 "unknownOutcome":"resend","signatureMode":"shadow","mockMode":true})");
  auto stored = read_settings(write_settings(company.config));
  BOOST_REQUIRE(stored);
  BOOST_TEST(stored->credentials.account_sid.empty());
  BOOST_TEST(stored->numbers.empty());
  stored->credentials = company.config.credentials;
  stored->numbers = company.config.numbers;
  BOOST_TEST((tests::put_config{std::move(*stored), {}}.get() == company.get()));
}

BOOST_AUTO_TEST_CASE(the_database_form_of_another_version_can_be_read) {
  const auto older = read_settings("{}");
  BOOST_REQUIRE(older);
  BOOST_TEST((older->mode == core::routing_mode::ai_agent));
  BOOST_TEST(
      read_settings(R"({"tomorrow":1,"voicemail":{"tomorrow":1},"agent":{"voice":{"tomorrow":1}}})").has_value());
  const auto broken = read_settings(R"({"callRoutingMode":)");
  BOOST_REQUIRE(!broken);
  BOOST_TEST((broken.error().code == core::ec::internal_error));
}

BOOST_AUTO_TEST_CASE(the_largest_configuration_fits_into_the_database_form) {
  // Characters that JSON writes in six bytes, as many as the limits allow.
  const auto much = [](size_t n) {
    std::string out;
    for (size_t i = 0; i < n; ++i)
      out += "\\u0001";
    return out;
  };
  const std::string url(1980, 'u');
  tests::put_config company;
  company.ok(fmt::format(
      R"({{"whisperMessage":"{0}","autoReply":"{1}","voicemail":{{"greeting":"{0}","greetingUrl":"https://{2}"}},
                              "agent":{{"welcomeGreeting":"{0}","url":"wss://{2}"}}}})",
      much(1000), much(1600), url));
  BOOST_TEST(read_settings(write_settings(company.config)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::json

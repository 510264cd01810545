#include "tests/json/put_config.hpp"

// One case per row of the table in API.md 3: what a field may be (400 otherwise).

namespace trunkline::json {

using tests::put_config;

namespace {

std::string one(std::string_view name, std::string_view value) { return fmt::format(R"({{"{}":{}}})", name, value); }
std::string text(size_t length) { return '"' + std::string(length, 'x') + '"'; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(config_fields_test, put_config)

BOOST_AUTO_TEST_CASE(an_account_sid_is_ac_and_32_hex_digits) {
  for (const auto wrong : {"\"AC0123456789abcdef0123456789abcde\"", "\"AC0123456789abcdef0123456789abcdeg\"", "\"\"",
                           "\"ac0123456789abcdef0123456789abcdef\"", "\"SK0123456789abcdef0123456789abcdef\""})
    bad(one("accountSid", wrong), "/accountSid", "invalid_sid");
  bad(one("accountSid", "1"), "/accountSid", "invalid_type");
  bad(one("accountSid", "\"OR0123456789abcdef0123456789abcdef\""), "/accountSid", "organization_sid");
  BOOST_TEST(refusal.detail == "accountSid: Must be an Account SID (AC...): that is an Organization SID.");
}

BOOST_AUTO_TEST_CASE(tokens_are_printable_ascii) {
  for (const auto name : {"authToken", "nextAuthToken"}) {
    bad(one(name, "\"\""), "/" + std::string(name), "invalid_length");
    bad(one(name, text(129)), "/" + std::string(name), "invalid_length");
    bad(one(name, "\"a\\nb\""), "/" + std::string(name), "invalid_value");
    bad(one(name, "\"é\""), "/" + std::string(name), "invalid_value");
  }
  bad(R"({"apiKey":"SK1","apiSecret":"x"})", "/apiKey", "invalid_sid");
  bad(R"({"apiKey":")" + tests::some_key + R"(","apiSecret":""})", "/apiSecret", "invalid_length");
  bad(one("promoteNextAuthToken", "\"yes\""), "/promoteNextAuthToken", "invalid_type");
}

BOOST_AUTO_TEST_CASE(a_refused_secret_is_not_in_the_answer) {
  BOOST_REQUIRE(!put(R"({"authToken":"very-secret\u0001"})"));
  BOOST_TEST(refusal.detail.find("very-secret") == std::string::npos);
  BOOST_TEST(refusal.fields.at(0).detail.find("very-secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(phone_numbers_are_normalised_in_the_companys_country) {
  ok(R"({"phoneNumber":"(212) 555-0100","forwardNumber":"+1 212 555 0101","whatsappNumber":"whatsapp:+14155238886"})");
  BOOST_TEST(config.legacy_number->str() == "+12125550100");
  BOOST_TEST(config.forward_number->str() == "+12125550101");
  BOOST_TEST(config.whatsapp_number->str() == "+14155238886");
  BOOST_TEST(put(R"({"phoneNumber":"020 7946 0958"})", "GB"));
  BOOST_TEST(config.legacy_number->str() == "+442079460958");
  for (const auto name : {"phoneNumber", "forwardNumber", "whatsappNumber"}) {
    for (const auto wrong : {"\"5551234\"", "\"CALL-ME\"", "\"1.5E+10\"", "\"\"", "\"+0123456789\""})
      bad(one(name, wrong), "/" + std::string(name), "invalid_phone_number");
    ok(one(name, "null"));
  }
  BOOST_TEST((!config.legacy_number && !config.forward_number && !config.whatsapp_number));
}

BOOST_AUTO_TEST_CASE(the_list_of_numbers_has_its_own_rules) {
  ok(R"({"phoneNumbers":[{"phoneNumber":"212-555-0100"},{"phoneNumber":"+12125550101","friendlyName":"Bar","status":"inactive"}]})");
  BOOST_TEST(config.numbers.at(0).number.str() == "+12125550100");
  BOOST_TEST(config.numbers.at(0).friendly_name == "");
  BOOST_TEST(config.numbers.at(0).active);
  BOOST_TEST(!config.numbers.at(1).active);
  bad(R"({"phoneNumbers":[{"friendlyName":"x"}]})", "/phoneNumbers/0/phoneNumber", "required");
  bad(R"({"phoneNumbers":[{"phoneNumber":"12"}]})", "/phoneNumbers/0/phoneNumber", "invalid_phone_number");
  bad(R"({"phoneNumbers":[{"phoneNumber":"+12125550100","friendlyName":)" + text(65) + "}]}",
      "/phoneNumbers/0/friendlyName", "invalid_length");
  bad(R"({"phoneNumbers":[{"phoneNumber":"+12125550100","status":"on"}]})", "/phoneNumbers/0/status", "invalid_value");
  bad(R"({"phoneNumbers":[{"phoneNumber":"+12125550100","sid":"x"}]})", "/phoneNumbers/0/sid", "unknown_field");
  bad(R"({"phoneNumbers":["+12125550100"]})", "/phoneNumbers/0", "invalid_type");
  std::string many;
  for (int i = 0; i < 101; ++i)
    many += fmt::format(R"({}{{"phoneNumber":"+12125550{:03}"}})", i ? "," : "", i);
  bad(R"({"phoneNumbers":[)" + many + "]}", "/phoneNumbers", "invalid_length");
  ok(one("phoneNumbers", "null"));
  BOOST_TEST(config.numbers.empty());
}

BOOST_AUTO_TEST_CASE(modes_and_chains_are_of_the_three_words) {
  bad(one("callRoutingMode", "\"ai_agent\""), "/callRoutingMode", "invalid_value");
  bad(one("fallbackChain", "[]"), "/fallbackChain", "invalid_length");
  bad(one("fallbackChain", R"(["ai-agent","voicemail","ai-agent"])"), "/fallbackChain/2", "repeated_value");
  bad(one("fallbackChain", R"(["ai-agent","pigeon"])"), "/fallbackChain/1", "invalid_value");
  bad(one("fallbackChain", R"("ai-agent")"), "/fallbackChain", "invalid_type");
}

BOOST_AUTO_TEST_CASE(forwarding_times_and_whisper_have_ranges) {
  ok(R"({"forwardTimeoutSeconds":5,"forwardTimeLimitSeconds":86400,"whisperMessage":)" + text(1000) + "}");
  for (const auto wrong : {"4", "601", "-1"})
    bad(one("forwardTimeoutSeconds", wrong), "/forwardTimeoutSeconds", "out_of_range");
  for (const auto wrong : {"59", "86401"})
    bad(one("forwardTimeLimitSeconds", wrong), "/forwardTimeLimitSeconds", "out_of_range");
  bad(one("whisperMessage", text(1001)), "/whisperMessage", "invalid_length");
  ok(R"({"forwardTimeoutSeconds":null,"forwardTimeLimitSeconds":null,"whisperMessage":null,"recordingEnabled":null})");
  BOOST_TEST(config.forward_timeout_seconds == 25);
  BOOST_TEST(config.forward_time_limit_seconds == 14'400);
  BOOST_TEST((!config.whisper_message && config.recording_enabled));
  bad(one("recordingEnabled", "1"), "/recordingEnabled", "invalid_type");
}

BOOST_AUTO_TEST_CASE(voicemail_is_replaced_whole_and_checked) {
  ok(R"({"voicemail":{"greeting":"Hi","maxLengthSeconds":3600}})");
  ok(R"({"voicemail":{"greetingUrl":"https://x.example/a.mp3"}})");
  BOOST_TEST(config.voicemail.greeting == "Please leave a message after the tone.");
  BOOST_TEST(config.voicemail.max_length_seconds == 120);
  BOOST_TEST(config.voicemail.greeting_url.value() == "https://x.example/a.mp3");
  const auto part = [](std::string_view name, std::string_view value) { return one("voicemail", one(name, value)); };
  bad(part("greetingUrl", "\"http://x.example/a\""), "/voicemail/greetingUrl", "invalid_url");
  bad(part("greetingUrl", "\"https://\""), "/voicemail/greetingUrl", "invalid_url");
  bad(part("greetingUrl", "\"https://x.example/a b\""), "/voicemail/greetingUrl", "invalid_url");
  bad(part("greeting", text(1001)), "/voicemail/greeting", "invalid_length");
  for (const auto wrong : {"0", "3601"})
    bad(part("maxLengthSeconds", wrong), "/voicemail/maxLengthSeconds", "out_of_range");
  bad(part("finishOnKey", "\"x\""), "/voicemail/finishOnKey", "invalid_value");
  bad(part("language", "\"english!\""), "/voicemail/language", "invalid_value");
  bad(part("playBeep", "\"no\""), "/voicemail/playBeep", "invalid_type");
  bad(part("beep", "true"), "/voicemail/beep", "unknown_field");
}

BOOST_AUTO_TEST_CASE(agent_is_replaced_whole_and_checked) {
  ok(R"({"agent":{"engine":"stream","url":"wss://a.example/x","knowledgeBaseId":"kb1"}})");
  ok(R"({"agent":{"voice":null}})");
  BOOST_TEST((config.agent.engine == core::agent_engine::conversation_relay));
  BOOST_TEST((!config.agent.url && !config.agent.knowledge_base_id && !config.agent.voice));
  ok(R"({"agent":{"voice":{"voiceId":"abc"}}})");
  BOOST_TEST(config.agent.voice->provider == "ElevenLabs");
  ok(one("agent", "null"));
  BOOST_TEST(config.agent.voice->voice_id == "NYC9WEgkq1u4jiqBseQ9");
  const auto part = [](std::string_view name, std::string_view value) { return one("agent", one(name, value)); };
  const auto voice = [&](std::string_view name, std::string_view value) { return part("voice", one(name, value)); };
  bad(part("engine", "\"gpt\""), "/agent/engine", "invalid_value");
  bad(part("url", "\"https://a.example\""), "/agent/url", "invalid_url");
  bad(part("welcomeGreeting", text(1001)), "/agent/welcomeGreeting", "invalid_length");
  bad(part("voice", "\"x\""), "/agent/voice", "invalid_type");
  bad(voice("provider", "\"Acme\""), "/agent/voice/provider", "invalid_value");
  bad(voice("voiceId", "\"a b\""), "/agent/voice/voiceId", "invalid_value");
  for (const auto wrong : {"0.69", "1.21"})
    bad(voice("speed", wrong), "/agent/voice/speed", "out_of_range");
  bad(voice("stability", "1.1"), "/agent/voice/stability", "out_of_range");
  bad(voice("similarity", "-0.1"), "/agent/voice/similarity", "out_of_range");
}

BOOST_AUTO_TEST_CASE(rate_limits_are_above_zero) {
  ok(R"({"rateLimit":{"numberSegmentsPerSecond":0.5,"companySegmentsPerSecond":100000}})");
  BOOST_TEST(config.rate_limit.number_segments_per_second.value() == 0.5);
  for (const auto wrong : {"0", "-0.0", "-1", "100000.1"})
    bad(one("rateLimit", one("numberSegmentsPerSecond", wrong)), "/rateLimit/numberSegmentsPerSecond", "out_of_range");
  ok(one("rateLimit", "{}"));
  BOOST_TEST(!config.rate_limit.company_segments_per_second);
}

BOOST_AUTO_TEST_CASE(a_spend_cap_is_a_positive_decimal_string) {
  ok(one("dailySpendCap", "\"12.5\""));
  BOOST_TEST(get().find(R"("dailySpendCap":"12.50000")") != std::string::npos);
  for (const auto wrong : {"\"0\"", "\"-1\"", "\"1.123456\"", "\"1e3\"", "\"\"", "\"12,50\""})
    bad(one("dailySpendCap", wrong), "/dailySpendCap", "invalid_amount");
  bad(one("dailySpendCap", "12.5"), "/dailySpendCap", "invalid_type");
}

BOOST_AUTO_TEST_CASE(quiet_hours_are_two_different_times) {
  ok(R"({"quietHours":{"start":"00:00","end":"23:59"}})");
  bad(R"({"quietHours":{"start":"21:00"}})", "/quietHours/end", "required");
  bad(R"({"quietHours":{"start":"21:00","end":"24:00"}})", "/quietHours/end", "invalid_value");
  bad(R"({"quietHours":{"start":"9:00","end":"10:00"}})", "/quietHours/start", "invalid_value");
  bad(R"({"quietHours":{"start":"09:60","end":"10:00"}})", "/quietHours/start", "invalid_value");
  bad(R"({"quietHours":{"start":"09:00","end":"09:00"}})", "/quietHours", "invalid_value");
}

BOOST_AUTO_TEST_CASE(countries_reply_and_the_rest) {
  ok(R"({"allowedCountries":["US","GB"],"autoReply":)" + text(1600) + "}");
  bad(one("allowedCountries", R"(["UK"])"), "/allowedCountries/0", "invalid_country");
  bad(one("allowedCountries", R"(["US","us"])"), "/allowedCountries/1", "invalid_country");
  bad(one("allowedCountries", R"(["US","US"])"), "/allowedCountries/1", "repeated_value");
  bad(one("autoReply", text(1601)), "/autoReply", "invalid_length");
  bad(one("unknownOutcome", "\"retry\""), "/unknownOutcome", "invalid_value");
  bad(one("signatureMode", "\"off\""), "/signatureMode", "invalid_value");
  bad(one("smartEncoding", "null1"), "", "invalid_json");
  bad(one("mockMode", "\"true\""), "/mockMode", "invalid_type");
  bad(one("callRoutingmode", "\"forward\""), "/callRoutingmode", "unknown_field");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::json

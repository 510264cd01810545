#include "tests/json/put_config.hpp"

// The rules over several fields and the stored state (422), and how a PUT is merged.

namespace trunkline::json {

using tests::put_config;

namespace {

std::string numbers(std::string_view list) { return fmt::format(R"({{"phoneNumbers":[{}]}})", list); }

} // namespace

BOOST_FIXTURE_TEST_SUITE(config_rules_test, put_config)

// -- merging ----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_left_out_does_not_change) {
  set_credentials();
  ok(R"({"whisperMessage":"Hi","mockMode":true})");
  const auto before = get();
  ok("{}");
  BOOST_TEST(get() == before);
  ok(R"({"mockMode":null})");
  BOOST_TEST(!config.mock_mode);
  BOOST_TEST(config.whisper_message.value() == "Hi");
}

BOOST_AUTO_TEST_CASE(a_refused_put_changes_nothing) {
  const auto before = get();
  breaks_rule(R"({"whisperMessage":"Hi","callRoutingMode":"forward"})", "forwardNumber");
  BOOST_TEST(get() == before);
}

BOOST_AUTO_TEST_CASE(what_only_a_get_shows_is_ignored) {
  ok(R"({"authTokenSet":true,"nextAuthTokenSet":"x","apiKeySet":1,"apiSecretSet":[],"credentialSource":"company",
         "webhookUrls":{"voice":"https://evil.example"},"lastUpdated":"yesterday"})");
  BOOST_TEST(config.credentials.auth_token.empty());
}

BOOST_AUTO_TEST_CASE(hook_version_and_time_stay_the_stores_matter) {
  config.hook = core::hook_token("k7");
  config.version = 41;
  config.last_updated = core::timestamp{5};
  ok(R"({"mockMode":true})");
  BOOST_TEST(config.hook.value == "k7");
  BOOST_TEST(config.version == 41);
  BOOST_TEST(config.last_updated.ms == 5);
}

// -- routing ----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(forwarding_needs_a_number_now_or_before) {
  breaks_rule(R"({"callRoutingMode":"forward"})", "forwardNumber");
  ok(R"({"forwardNumber":"+12125550100"})");
  ok(R"({"callRoutingMode":"forward"})");
  breaks_rule(R"({"forwardNumber":null})", "forwardNumber");
  ok(R"({"callRoutingMode":"voicemail","forwardNumber":null})");
}

BOOST_AUTO_TEST_CASE(the_chain_follows_the_mode_unless_it_is_given) {
  using enum core::routing_mode;
  using chain = std::vector<core::routing_mode>;
  ok(R"({"callRoutingMode":"forward","forwardNumber":"+12125550100"})");
  BOOST_TEST((config.fallback_chain == chain{forward, voicemail}));
  ok(R"({"callRoutingMode":"voicemail"})");
  BOOST_TEST((config.fallback_chain == chain{voicemail}));
  ok(R"({"callRoutingMode":"ai-agent","fallbackChain":["ai-agent","forward","voicemail"]})");
  BOOST_TEST((config.fallback_chain == chain{ai_agent, forward, voicemail}));
  ok(R"({"callRoutingMode":"ai-agent"})"); // not changed: the chain stays
  BOOST_TEST((config.fallback_chain == chain{ai_agent, forward, voicemail}));
  ok(R"({"fallbackChain":null})");
  BOOST_TEST((config.fallback_chain == chain{ai_agent, voicemail}));
  ok(R"({"callRoutingMode":null,"fallbackChain":["ai-agent"]})");
  BOOST_TEST((config.fallback_chain == chain{ai_agent}));
}

BOOST_AUTO_TEST_CASE(the_chain_begins_with_the_mode) {
  breaks_rule(R"({"fallbackChain":["voicemail"]})", "fallbackChain");
  breaks_rule(R"({"callRoutingMode":"voicemail","fallbackChain":["ai-agent","voicemail"]})", "fallbackChain");
}

// -- numbers ----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_first_active_number_is_primary_when_none_is_marked) {
  ok(numbers(
      R"({"phoneNumber":"+12125550100","status":"inactive"},{"phoneNumber":"+12125550101"},{"phoneNumber":"+12125550102"})"));
  BOOST_TEST(!config.numbers[0].primary);
  BOOST_TEST(config.numbers[1].primary);
  BOOST_TEST(!config.numbers[2].primary);
  ok(numbers(R"({"phoneNumber":"+12125550100"},{"phoneNumber":"+12125550101","isPrimary":true})"));
  BOOST_TEST((!config.numbers[0].primary && config.numbers[1].primary));
  ok(numbers(R"({"phoneNumber":"+12125550100","status":"inactive"})"));
  BOOST_TEST(!config.numbers[0].primary);
}

BOOST_AUTO_TEST_CASE(there_is_one_primary_and_it_is_active) {
  breaks_rule(
      numbers(R"({"phoneNumber":"+12125550100","isPrimary":true},{"phoneNumber":"+12125550101","isPrimary":true})"),
      "phoneNumbers");
  breaks_rule(numbers(R"({"phoneNumber":"+12125550100","isPrimary":true,"status":"inactive"})"), "phoneNumbers");
}

BOOST_AUTO_TEST_CASE(a_number_is_listed_once_whatever_its_notation) {
  breaks_rule(numbers(R"({"phoneNumber":"+12125550100"},{"phoneNumber":"(212) 555-0100"})"), "phoneNumbers");
}

BOOST_AUTO_TEST_CASE(a_number_that_stays_keeps_its_webhook_urls) {
  ok(numbers(R"({"phoneNumber":"+12125550100"},{"phoneNumber":"+12125550101"})"));
  config.numbers[0].hook = core::hook_token("first");
  config.numbers[1].hook = core::hook_token("second");
  ok(numbers(R"({"phoneNumber":"+12125550102"},{"phoneNumber":"+12125550101","friendlyName":"Bar"})"));
  BOOST_TEST(config.numbers[0].hook.empty());
  BOOST_TEST(config.numbers[1].hook.value == "second");
}

// -- credentials ------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(another_account_needs_its_token) {
  breaks_rule(R"({"accountSid":")" + tests::some_sid + R"("})", "accountSid");
  set_credentials();
  ok(R"({"accountSid":")" + tests::some_sid + R"("})"); // the same again is no change
  breaks_rule(R"({"accountSid":")" + tests::other_sid + R"("})", "accountSid");
  breaks_rule(R"({"accountSid":")" + tests::other_sid + R"(","authToken":null})", "accountSid");
  BOOST_TEST(config.credentials.auth_token.equals("token-1"));
}

BOOST_AUTO_TEST_CASE(another_account_forgets_the_keys_of_the_one_before) {
  set_credentials();
  ok(R"({"nextAuthToken":"token-2","apiKey":")" + tests::some_key + R"(","apiSecret":"s"})");
  ok(R"({"accountSid":")" + tests::other_sid + R"(","authToken":"token-9"})");
  BOOST_TEST(config.credentials.account_sid == tests::other_sid);
  BOOST_TEST(config.credentials.auth_token.equals("token-9"));
  BOOST_TEST((config.credentials.next_auth_token.empty() && config.credentials.api_key.empty() &&
              config.credentials.api_secret.empty()));
}

BOOST_AUTO_TEST_CASE(no_account_clears_all_credentials) {
  set_credentials();
  ok(R"({"apiKey":")" + tests::some_key + R"(","apiSecret":"s","nextAuthToken":"n"})");
  breaks_rule(R"({"accountSid":null,"authToken":"x"})", "accountSid");
  ok(R"({"accountSid":null})");
  const auto& c = config.credentials;
  BOOST_TEST((c.account_sid.empty() && c.auth_token.empty() && c.next_auth_token.empty() && c.api_key.empty() &&
              c.api_secret.empty()));
}

BOOST_AUTO_TEST_CASE(credentials_need_an_account_and_the_account_its_token) {
  breaks_rule(R"({"authToken":"x"})", "accountSid");
  breaks_rule(R"({"nextAuthToken":"x"})", "accountSid");
  ok(R"({"authToken":null})"); // there is none
  set_credentials();
  breaks_rule(R"({"authToken":null})", "authToken");
  ok(R"({"authToken":"token-2"})");
  BOOST_TEST(config.credentials.auth_token.equals("token-2"));
}

BOOST_AUTO_TEST_CASE(api_key_and_secret_come_and_go_together) {
  set_credentials();
  breaks_rule(R"({"apiKey":")" + tests::some_key + R"("})", "apiKey");
  breaks_rule(R"({"apiSecret":"s"})", "apiKey");
  breaks_rule(R"({"apiKey":null,"apiSecret":"s"})", "apiKey");
  ok(R"({"apiKey":")" + tests::some_key + R"(","apiSecret":"s"})");
  breaks_rule(R"({"apiSecret":null})", "apiKey");
  ok(R"({"apiKey":null,"apiSecret":null})");
  BOOST_TEST((config.credentials.api_key.empty() && config.credentials.api_secret.empty()));
}

BOOST_AUTO_TEST_CASE(a_rotation_ends_with_the_promotion_of_the_next_token) {
  set_credentials();
  breaks_rule(R"({"promoteNextAuthToken":true})", "promoteNextAuthToken");
  ok(R"({"nextAuthToken":"token-2"})");
  BOOST_TEST(config.credentials.auth_token.equals("token-1"));
  ok(R"({"promoteNextAuthToken":false})");
  BOOST_TEST(config.credentials.next_auth_token.equals("token-2"));
  breaks_rule(R"({"promoteNextAuthToken":true,"authToken":"token-3"})", "promoteNextAuthToken");
  ok(R"({"promoteNextAuthToken":true})");
  BOOST_TEST(config.credentials.auth_token.equals("token-2"));
  BOOST_TEST(config.credentials.next_auth_token.empty());
}

BOOST_AUTO_TEST_CASE(a_change_of_credentials_is_told_apart) {
  BOOST_TEST(read_config_change(R"({"nextAuthToken":"x"})", "US")->changes_credentials());
  BOOST_TEST(!read_config_change(R"({"authTokenSet":true,"mockMode":true})", "US")->changes_credentials());
}

// -- the agent's voice ------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(voice_tuning_is_all_three_and_only_with_a_model) {
  breaks_rule(R"({"agent":{"voice":{"model":"flash_v2_5","speed":1.0}}})", "agent.voice");
  breaks_rule(R"({"agent":{"voice":{"speed":1.0,"stability":0.5,"similarity":0.5}}})", "agent.voice");
  ok(R"({"agent":{"voice":{"model":"flash_v2_5","speed":1.0,"stability":0.5,"similarity":0.5}}})");
  BOOST_TEST(config.agent.voice->speed.value() == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::json

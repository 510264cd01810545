#include "tests/twilio/signed_webhook.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

namespace trunkline::tests {

namespace {

const std::string token = voice_token;
const std::string next_token = "fedcba9876543210fedcba9876543210";

/// The webhook as it arrives when our address is `configured` and Twilio signed `as_signed`.
bool accepted_between(const std::string& configured, const std::string& as_signed) {
  auto webhook = voice_webhook();
  webhook.url = configured + "/hooks/k7/voice";
  webhook.sign_as(as_signed + "/hooks/k7/voice", token);
  return webhook.accepted();
}

bool relay_accepted(const std::string& url, const std::string& signed_url, const pairs& signed_params) {
  signed_webhook webhook;
  webhook.url = url;
  webhook.kind = twilio::body_kind::websocket;
  webhook.signature = twilio::sign(core::secret(token), signed_url, twilio::form::from_pairs(signed_params).fields());
  return webhook.accepted();
}

bool decodes_to(const std::string& body, const pairs& expected) {
  const auto parsed = twilio::form::parse(body);
  return parsed && std::equal(parsed->fields().begin(), parsed->fields().end(), expected.begin(), expected.end(),
                              [](const auto& f, const auto& e) { return f.name == e.first && f.value == e.second; });
}

bool is_separator(char c) { return c == '=' || c == '&'; }

const std::string json_body = R"({"property": "value", "boolean": true})";
const std::string json_hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";

signed_webhook json_webhook(const std::string& query) {
  signed_webhook out;
  out.url = "https://gw.example.com/hooks/k7/voice" + query;
  out.kind = twilio::body_kind::json;
  out.body = json_body;
  out.signature = twilio::sign(core::secret(token), out.url);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(signature)

BOOST_AUTO_TEST_CASE(a_signed_webhook_is_accepted) { BOOST_TEST(voice_webhook().accepted()); }

BOOST_AUTO_TEST_CASE(either_token_is_right_during_a_rotation) {
  auto webhook = voice_webhook();
  webhook.auth_tokens = {next_token, token};
  BOOST_TEST(webhook.accepted());
  webhook.auth_tokens = {next_token};
  BOOST_TEST(!webhook.accepted());
}

BOOST_AUTO_TEST_CASE(no_key_and_an_empty_key_are_never_right) {
  auto webhook = voice_webhook();
  webhook.auth_tokens = {};
  BOOST_TEST(!webhook.accepted());
  webhook.auth_tokens = {""};
  webhook.sign_with("");
  BOOST_TEST(!webhook.accepted());
}

BOOST_AUTO_TEST_CASE(a_signature_in_any_other_notation_is_refused) {
  const auto good = voice_webhook().signature;
  auto url_safe = good;
  std::replace(url_safe.begin(), url_safe.end(), '+', '-');
  std::replace(url_safe.begin(), url_safe.end(), '/', '_');
  for (const std::string& signature : {std::string(), good.substr(0, 27), good + "=", good + "\n", " " + good,
                                       good + good, std::string(1 << 20, 'A')}) {
    auto webhook = voice_webhook();
    webhook.signature = signature;
    BOOST_TEST(!webhook.accepted());
  }
  auto webhook = voice_webhook();
  webhook.signature = url_safe;
  BOOST_TEST(webhook.accepted() == (url_safe == good));
}

BOOST_AUTO_TEST_CASE(the_spare_bits_of_the_last_base64_character_must_be_those_we_write) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  auto webhook = voice_webhook();
  char& last = webhook.signature[26];
  last = alphabet[alphabet.find(last) ^ 1]; // decodes to the same 20 bytes
  BOOST_TEST(!webhook.accepted());
}

BOOST_AUTO_TEST_CASE(the_port_may_be_there_or_not) {
  BOOST_TEST(accepted_between("https://gw.example.com", "https://gw.example.com"));
  BOOST_TEST(accepted_between("https://gw.example.com", "https://gw.example.com:443"));
  BOOST_TEST(accepted_between("https://gw.example.com:8443", "https://gw.example.com:8443"));
  BOOST_TEST(accepted_between("https://gw.example.com:8443", "https://gw.example.com"));
  BOOST_TEST(accepted_between("https://gw.example.com:8443", "https://gw.example.com:443"));
  BOOST_TEST(accepted_between("http://gw.example.com", "http://gw.example.com:80"));
  BOOST_TEST(accepted_between("https://[::1]:8443", "https://[::1]"));
  BOOST_TEST(!accepted_between("https://gw.example.com", "https://gw.example.com:80"));
  BOOST_TEST(!accepted_between("https://gw.example.com:8443", "https://gw.example.com:9443"));
}

BOOST_AUTO_TEST_CASE(credentials_in_the_address_may_be_signed_or_not) {
  const std::string configured = "https://user:p%40ss@gw.example.com";
  BOOST_TEST(accepted_between(configured, "https://gw.example.com"));
  BOOST_TEST(accepted_between(configured, "https://user:p%40ss@gw.example.com"));
  BOOST_TEST(accepted_between(configured, "https://user:p%40ss@gw.example.com:443"));
  BOOST_TEST(!accepted_between(configured, "https://other:p%40ss@gw.example.com"));
  BOOST_TEST(!accepted_between("https://gw.example.com", configured));
}

BOOST_AUTO_TEST_CASE(another_scheme_host_or_path_is_refused) {
  BOOST_TEST(!accepted_between("https://gw.example.com", "http://gw.example.com"));
  BOOST_TEST(!accepted_between("https://gw.example.com", "https://GW.example.com"));
  BOOST_TEST(!accepted_between("https://gw.example.com", "https://gw.example.com/extra"));
}

BOOST_AUTO_TEST_CASE(the_path_prefix_of_our_address_is_signed_too) {
  const auto address = twilio::public_url::parse("https://gw.example.com/trunk/").value();
  const auto params = twilio::form::from_pairs(voice_params);
  twilio::signed_request request;
  request.address = &address;
  request.target = "/hooks/k7/voice";
  request.params = params.fields();
  const std::array keys = {core::secret(token)};
  const auto signature = twilio::sign(keys[0], "https://gw.example.com/trunk/hooks/k7/voice", params.fields());
  request.signature = signature;
  BOOST_TEST(twilio::verify(request, keys));
  request.target = "/trunk/hooks/k7/voice";
  BOOST_TEST(!twilio::verify(request, keys));
}

BOOST_AUTO_TEST_CASE(a_websocket_is_signed_with_its_own_scheme) {
  const std::string path = "://gw.example.com/relay/acme";
  BOOST_TEST(relay_accepted("https" + path, "wss" + path, {}));
  BOOST_TEST(relay_accepted("http" + path, "ws" + path, {}));
  BOOST_TEST(relay_accepted("wss" + path, "wss" + path, {}));
  BOOST_TEST(relay_accepted("https" + path, "wss://gw.example.com:443/relay/acme", {}));
  BOOST_TEST(!relay_accepted("https" + path, "https" + path, {}));
  BOOST_TEST(!relay_accepted("https" + path, "ws" + path, {}));
}

BOOST_AUTO_TEST_CASE(the_query_of_a_websocket_may_be_signed_as_parameters) {
  const std::string plain = "wss://gw.example.com/ws";
  const std::string received = plain + "?token=a%20b&foo=bar";
  BOOST_TEST(relay_accepted(received, received, {}));
  BOOST_TEST(relay_accepted(received, plain, {{"token", "a b"}, {"foo", "bar"}}));
  BOOST_TEST(!relay_accepted(received, plain, {}));
  BOOST_TEST(!relay_accepted(plain + "?token=evil&foo=bar", plain, {{"token", "a b"}, {"foo", "bar"}}));
}

BOOST_AUTO_TEST_CASE(only_a_websocket_may_have_its_query_signed_as_parameters) {
  signed_webhook webhook;
  webhook.url = "https://gw.example.com/status?CallSid=CA1";
  webhook.kind = twilio::body_kind::none;
  const auto params = twilio::form::from_pairs({{"CallSid", "CA1"}});
  webhook.signature = twilio::sign(core::secret(token), "https://gw.example.com/status", params.fields());
  BOOST_TEST(!webhook.accepted());
}

BOOST_AUTO_TEST_CASE(a_json_body_needs_its_hash_once_in_the_signed_query) {
  BOOST_TEST(json_webhook("?bodySHA256=" + json_hash).accepted());
  BOOST_TEST(json_webhook("?a=1&bodySHA256=" + json_hash + "&b=2").accepted());
  BOOST_TEST(!json_webhook("").accepted());
  BOOST_TEST(!json_webhook("?bodySHA256=").accepted());
  BOOST_TEST(!json_webhook("?xbodySHA256=" + json_hash).accepted());
  BOOST_TEST(!json_webhook("?bodySHA256=" + json_hash + "&bodySHA256=" + json_hash).accepted());
  auto upper_case = json_hash;
  std::transform(upper_case.begin(), upper_case.end(), upper_case.begin(), [](char c) { return std::toupper(c); });
  BOOST_TEST(!json_webhook("?bodySHA256=" + upper_case).accepted());
}

BOOST_AUTO_TEST_CASE(a_json_body_changed_by_one_byte_is_refused) {
  for (size_t i = 0; i < json_body.size(); ++i) {
    auto webhook = json_webhook("?bodySHA256=" + json_hash);
    webhook.body[i] = static_cast<char>(webhook.body[i] ^ 1);
    BOOST_TEST(!webhook.accepted());
  }
}

BOOST_AUTO_TEST_CASE(a_value_given_twice_is_signed_once) {
  signed_webhook webhook;
  webhook.body = "Digits=5678&Digits=1234&Digits=1234&Sid=CA123&SidAccount=AC123";
  webhook.url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  webhook.auth_tokens = {"12345"};
  webhook.signature = "IK+Dwps556ElfBT0I3Rgjkr1wJU="; // FACTS 1.4
  BOOST_TEST(webhook.accepted());
}

BOOST_AUTO_TEST_CASE(a_token_longer_than_a_block_is_hashed_first) {
  // RFC 2202, case 6: 80 bytes of 0xAA
  BOOST_TEST(twilio::sign(core::secret(std::string(80, '\xAA')),
                          "Test Using Larger Than Block-Size Key - Hash Key First") == "qkrl4VJy0A6VcFY3zoo7Ve1AIRI=");
}

BOOST_AUTO_TEST_CASE(no_single_changed_byte_is_accepted) {
  const auto good = voice_webhook();
  int tried = 0, accepted = 0;
  const auto change_each_byte = [&](std::string signed_webhook::*part, size_t from) {
    for (size_t i = from; i < (good.*part).size(); ++i) {
      for (int change = 1; change < 256; ++change) {
        auto bad = good;
        (bad.*part)[i] = static_cast<char>((bad.*part)[i] ^ change);
        if (part == &signed_webhook::body && (is_separator(good.body[i]) || decodes_to(bad.body, voice_params)))
          continue; // separators are not signed (boundary_shift_test.cpp), and %2b is %2B
        accepted += bad.accepted();
        ++tried;
      }
    }
  };
  change_each_byte(&signed_webhook::url, std::string("https://gw.example.com/").size());
  change_each_byte(&signed_webhook::body, 0);
  change_each_byte(&signed_webhook::signature, 0);
  BOOST_TEST(tried > 10'000);
  BOOST_TEST(accepted == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

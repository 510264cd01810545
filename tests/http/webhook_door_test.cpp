#include "config/log.hpp"
#include "core/metrics.hpp"
#include "http/checks/webhook_door.hpp"
#include "tests/http/node_fixture.hpp"

#include <openssl/sha.h>

namespace trunkline::tests {

namespace {

using request_ptr = std::shared_ptr<fake_exchange>;

/// "accepted" when the webhook went to the company's actor, else its status and code ("403" has neither code nor body).
std::string outcome(node_fixture& node, const request_ptr& request) {
  const auto before = node.gateway.jobs.size();
  node.send(request);
  if (node.gateway.jobs.size() > before)
    return "accepted";
  if (request->status() == 403) {
    BOOST_TEST(request->answer().body == "");
    return "403";
  }
  return std::to_string(request->status()) + " " + request->code();
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

uint64_t count_of(std::string_view name) {
  for (const auto* metric : core::metric_registry::instance().counters)
    if (metric->name == name)
      return metric->value();
  return 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(webhook_door, node_fixture)

BOOST_AUTO_TEST_CASE(a_signed_webhook_is_accepted_by_number_and_by_token) {
  BOOST_TEST(outcome(*this, webhook("/api/twilio/voice", call())) == "accepted");
  BOOST_TEST(outcome(*this, webhook(fmt::format("/hooks/{}/voice", hook), call())) == "accepted");
  BOOST_TEST(outcome(*this, webhook("/api/webhooks/sms", message())) == "accepted");
  const auto& job = gateway.jobs.front();
  BOOST_TEST(job.key.tenant.value == "co_01jd8w3k2v");
  BOOST_TEST(job.key.sid == "CA0123456789abcdef0123456789abcdef");
  BOOST_TEST((job.received_at == clock.now()));
  BOOST_TEST(job.webhook.hooks_url == fmt::format("{}/hooks/{}", public_url, hook));
  BOOST_TEST(job.webhook.raw_params == twilio::form_encode(call()));
}

BOOST_AUTO_TEST_CASE(checks_come_in_the_order_of_the_contract) {
  // Each request is also wrong in every way that is checked later, so the answer tells which check came first.
  auto params = call();
  params[3].second = "+12125559999"; // nobody's number
  params.push_back({"CallSid", params[0].second});
  const auto make = [&](size_t padding, const char* type, std::string encoding, bool malformed) {
    auto body = twilio::form_encode(params) + "&Pad=" + std::string(padding, 'x') + (malformed ? "&%zz" : "");
    auto request = a_request("POST", "/api/twilio/voice", std::move(body));
    request->with("Content-Type", type);
    if (!encoding.empty())
      request->with("Content-Encoding", std::move(encoding));
    return request;
  };
  constexpr auto form = "application/x-www-form-urlencoded";
  BOOST_TEST(outcome(*this, make(70'000, "text/plain", "gzip", true)) == "413 payload_too_large");
  BOOST_TEST(outcome(*this, make(0, "text/plain", "", true)) == "415 unsupported_media_type");
  BOOST_TEST(outcome(*this, make(0, form, "gzip", true)) == "415 unsupported_media_type");
  BOOST_TEST(outcome(*this, make(0, form, "", true)) == "400 malformed_webhook");
  BOOST_TEST(outcome(*this, make(0, form, "", false)) == "400 malformed_webhook"); // CallSid twice
  params.pop_back();
  BOOST_TEST(outcome(*this, make(0, form, "", false)) == "404 company_not_found");
  params[3].second = number;
  BOOST_TEST(outcome(*this, make(0, form, "", false)) == "403"); // no signature
  ctx.settings.max_in_flight = 0;
  BOOST_TEST(outcome(*this, make(0, form, "", false)) == "403");
  BOOST_TEST(outcome(*this, webhook("/api/twilio/voice", call())) == "503 overloaded");
}

BOOST_AUTO_TEST_CASE(an_unknown_number_is_told_so) {
  auto params = call();
  params[3].second = "+12125559999";
  const auto request = send(webhook("/api/twilio/voice", params));
  BOOST_TEST(request->json()["detail"].GetString() == "No company found for this number");
}

BOOST_AUTO_TEST_CASE(a_wrong_signature_is_403) {
  const auto good = signature("/api/twilio/voice", call());
  const auto body = twilio::form_encode(call());
  const auto with = [&](std::vector<std::string> signatures) {
    auto request = a_request("POST", "/api/twilio/voice", body);
    request->with("Content-Type", "application/x-www-form-urlencoded");
    for (auto& each : signatures)
      request->with("X-Twilio-Signature", std::move(each));
    return outcome(*this, request);
  };
  auto url_safe = good;
  std::replace(url_safe.begin(), url_safe.end(), '/', '_');
  std::replace(url_safe.begin(), url_safe.end(), '+', '-');
  BOOST_TEST(with({good}) == "accepted");
  BOOST_TEST(with({}) == "403");
  BOOST_TEST(with({""}) == "403");
  BOOST_TEST(with({good, good}) == "403");
  BOOST_TEST(with({"x", good}) == "403");
  BOOST_TEST(with({good + "="}) == "403");
  BOOST_TEST(with({good + "\n"}) == "403");
  BOOST_TEST(with({std::string(7000, 'A')}) == "403");
  if (url_safe != good)
    BOOST_TEST(with({url_safe}) == "403");
  for (size_t i = 0; i < good.size(); ++i) {
    auto changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(with({changed}) == "403");
  }
}

BOOST_AUTO_TEST_CASE(any_change_to_what_was_signed_is_403) {
  const auto signature = node_fixture::signature("/api/twilio/voice", call());
  const auto with = [&](const std::string& target, const pairs& params) {
    auto request = a_request("POST", target, twilio::form_encode(params));
    request->with("Content-Type", "application/x-www-form-urlencoded").with("X-Twilio-Signature", signature);
    return outcome(*this, request);
  };
  auto more = call();
  more.push_back({"Extra", "1"});
  auto other = call();
  other[2].second = "+12125559877";
  BOOST_TEST(with("/api/twilio/voice", call()) == "accepted");
  BOOST_TEST(with("/api/webhooks/voice", call()) == "403");
  BOOST_TEST(with("/api/twilio/voice?x=1", call()) == "403");
  BOOST_TEST(with("/api/twilio/voice", more) == "403");
  BOOST_TEST(with("/api/twilio/voice", other) == "403");
}

BOOST_AUTO_TEST_CASE(forwarding_headers_and_ports_do_not_count) {
  auto request = webhook("/api/twilio/voice", call());
  request->with("Host", "evil.example").with("X-Forwarded-Proto", "http").with("X-Forwarded-Host", "evil.example");
  BOOST_TEST(outcome(*this, request) == "accepted");
  const auto params = twilio::form::from_pairs(call());
  auto with_port = a_request("POST", "/api/twilio/voice", twilio::form_encode(call()));
  with_port->with("Content-Type", "application/x-www-form-urlencoded")
      .with("X-Twilio-Signature", twilio::sign(core::secret(auth_token),
                                               fmt::format("{}:443/api/twilio/voice", public_url), params.fields()));
  BOOST_TEST(outcome(*this, with_port) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_foreign_account_is_403_however_well_it_is_signed) {
  auto params = call();
  params[1].second = "ACffffffffffffffffffffffffffffffff";
  BOOST_TEST(outcome(*this, webhook("/api/twilio/voice", params)) == "403");
}

BOOST_AUTO_TEST_CASE(an_unknown_token_looks_like_a_wrong_signature) {
  const auto rejected = count_of("trunkline_signature_rejected_total");
  const auto unknown = send(webhook("/hooks/0123456789abcdefghijklmnop/voice", call()));
  auto forged = a_request("POST", fmt::format("/hooks/{}/voice", hook), twilio::form_encode(call()));
  forged->with("Content-Type", "application/x-www-form-urlencoded")
      .with("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
  send(forged);
  for (const auto& request : {unknown, forged}) {
    BOOST_TEST(request->status() == 403);
    BOOST_TEST(request->answer().body == "");
    BOOST_TEST(request->answer().headers.empty());
  }
  BOOST_TEST(count_of("trunkline_signature_rejected_total") ==
             rejected + 1); // the forged one; the other has no company
}

BOOST_AUTO_TEST_CASE(in_shadow_mode_a_wrong_signature_is_counted_and_accepted) {
  gateway.set_signatures(core::signature_mode::shadow);
  const auto shadowed = count_of("trunkline_signature_shadowed_total");
  auto request = webhook("/api/twilio/voice", call());
  BOOST_TEST(outcome(*this, request) == "accepted");
  BOOST_TEST(count_of("trunkline_signature_shadowed_total") == shadowed);
  auto forged = a_request("POST", "/api/twilio/voice", twilio::form_encode(call()));
  forged->with("Content-Type", "application/x-www-form-urlencoded");
  BOOST_TEST(outcome(*this, forged) == "accepted");
  BOOST_TEST(count_of("trunkline_signature_shadowed_total") == shadowed + 1);
}

BOOST_AUTO_TEST_CASE(a_flood_of_forged_webhooks_leaves_sixty_lines_a_minute_and_is_counted_in_full) {
  std::vector<std::string> lines;
  const log::redirection redirect(log::level::debug, log::format::text,
                                  [&](std::string_view line) { lines.emplace_back(line); });
  const auto lines_of_forged = [&](int webhooks) {
    lines.clear();
    for (int i = 0; i < webhooks; ++i) {
      auto forged = a_request("POST", "/api/twilio/voice", twilio::form_encode(call()));
      forged->with("Content-Type", "application/x-www-form-urlencoded");
      send(forged);
    }
    return lines.size();
  };
  const auto rejected = count_of("trunkline_signature_rejected_total");
  const auto shadowed = count_of("trunkline_signature_shadowed_total");
  clock.pass_ms(60 * 60'000); // away from the minute that other tests have
  BOOST_TEST(lines_of_forged(59) == 59u);
  clock.pass_ms(60'000);
  BOOST_TEST(lines_of_forged(200) == 60u);
  gateway.set_signatures(core::signature_mode::shadow); // one limit for both kinds of lines
  BOOST_TEST(lines_of_forged(50) == 0u);
  clock.pass_ms(60'000);
  BOOST_TEST(lines_of_forged(100) == 60u);
  BOOST_TEST(count_of("trunkline_signature_rejected_total") == rejected + 259);
  BOOST_TEST(count_of("trunkline_signature_shadowed_total") == shadowed + 150);
}

BOOST_AUTO_TEST_CASE(a_json_body_is_accepted_by_the_hash_in_its_signed_url) {
  const std::string body =
      fmt::format(R"({{"MessageSid":"SM0123456789abcdef0123456789abcdef","AccountSid":"{}",)"
                  R"("MessageStatus":"delivered","ErrorCode":null,"Price":0.0075,"Text":"a b&c"}})",
                  account_sid);
  const auto with = [&](const std::string& target, std::string_view text) {
    auto request = a_request("POST", target, std::string(text));
    request->with("Content-Type", "application/json")
        .with("X-Twilio-Signature", twilio::sign(core::secret(auth_token), public_url + target));
    return outcome(*this, request);
  };
  const auto path = fmt::format("/hooks/{}/status", hook);
  BOOST_TEST(with(path + "?bodySHA256=" + sha256(body), body) == "accepted");
  const auto kept = twilio::form::parse(gateway.jobs.back().webhook.raw_params);
  BOOST_REQUIRE(kept); // events are kept as forms whatever they came as
  BOOST_TEST(kept->get("MessageStatus") == "delivered");
  BOOST_TEST(kept->get("Text") == "a b&c");
  BOOST_TEST(with(path, body) == "403");
  BOOST_TEST(with(path + "?bodySHA256=" + sha256(body + " "), body) == "403");
  BOOST_TEST(with(path + "?bodySHA256=", body) == "403");
  for (const auto* text :
       {"", "[]", "1", "{", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":\"\\u0000\"}", "{\"a\":1}x", "{\"a\":\"\xFF\"}"})
    BOOST_TEST(with(path + "?bodySHA256=" + sha256(text), text) == "400 malformed_webhook", text);
  const std::string deep = std::string(60'000, '[');
  BOOST_TEST(with(path, deep) == "400 malformed_webhook");
}

BOOST_AUTO_TEST_CASE(malformed_parameters_are_400) {
  for (const auto* bad : {"&X=%zz", "&X=%", "&X=%0", "&X=%00", "&=x", "&To=%2B12125550101", "&AccountSid=AC1"}) {
    auto request = a_request("POST", "/api/twilio/voice", twilio::form_encode(call()) + bad);
    request->with("Content-Type", "application/x-www-form-urlencoded");
    BOOST_TEST(outcome(*this, request) == "400 malformed_webhook", bad);
  }
  std::string many = twilio::form_encode(call());
  for (int i = 0; i < 300; ++i)
    many += "&p" + std::to_string(i) + "=";
  auto request = a_request("POST", "/api/twilio/voice", many);
  request->with("Content-Type", "application/x-www-form-urlencoded");
  BOOST_TEST(outcome(*this, request) == "400 malformed_webhook");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

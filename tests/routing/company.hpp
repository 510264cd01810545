#pragma once

#include "core/tenant_profile.hpp"
#include "routing/decide.hpp"
#include "tests/routing/xml.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace trunkline::tests {

using core::call_facts;
using core::routing_mode;
using core::webhook_kind;

using pairs = std::vector<std::pair<std::string, std::string>>;

inline const std::string digits32 = "0123456789abcdef0123456789abcdef";
inline const std::string hooks = "https://gw.example.com/hooks/k7";
inline constexpr core::timestamp noon{1'763'640'000'000};

/// A company and what Twilio tells it. Every webhook arrives at noon unless the test says otherwise.
struct company {
  core::tenant_profile profile;
  core::timestamp now = noon;

  company() {
    profile.tenant.id = core::tenant_id("co_0123456789ab");
    profile.tenant.name = "Acme";
    profile.config.numbers.push_back({core::phone_number("+15005550006"), "Main", true, true, core::hook_token("k7")});
  }

  core::tenant_config& config() { return profile.config; }

  company& chain(std::vector<routing_mode> modes) {
    config().mode = modes.front();
    config().fallback_chain = std::move(modes);
    return *this;
  }
  company& forwards_to(const std::string& number) {
    config().forward_number = core::phone_number(number);
    return *this;
  }
  company& has_agent(core::agent_engine engine = core::agent_engine::conversation_relay) {
    config().agent.engine = engine;
    config().agent.url = "wss://agent.example.com/talk";
    return *this;
  }

  /// What Twilio sends with every request about the call, changed and completed by `more`.
  static pairs call_params(const pairs& more = {}) {
    return changed({{"AccountSid", "AC" + digits32},
                    {"CallSid", "CA" + digits32},
                    {"From", "+15005550001"},
                    {"To", "+15005550006"},
                    {"Direction", "inbound"},
                    {"CallStatus", "ringing"}},
                   more);
  }
  static pairs message_params(const pairs& more = {}) {
    return changed({{"AccountSid", "AC" + digits32},
                    {"MessageSid", "SM" + digits32},
                    {"From", "+15005550001"},
                    {"To", "+15005550006"},
                    {"Body", "Are you open?"},
                    {"NumMedia", "0"},
                    {"NumSegments", "1"}},
                   more);
  }
  static pairs changed(pairs params, const pairs& more) {
    for (const auto& [name, value] : more) {
      const auto at = std::find_if(params.begin(), params.end(), [&](const auto& p) { return p.first == name; });
      if (at == params.end())
        params.emplace_back(name, value);
      else
        at->second = value;
    }
    return params;
  }

  core::webhook_event told(webhook_kind kind, const pairs& params, int step = -1, bool safely = false) const {
    const auto webhook = incoming(kind, params, step);
    const auto key = routing::key_of(kind, step, webhook.params);
    BOOST_REQUIRE_MESSAGE(key, "refused: " + (key ? "" : key.error().detail));
    return (safely ? routing::decide_safely : routing::decide)(profile, *key, webhook, now);
  }
  static routing::incoming_webhook incoming(webhook_kind kind, const pairs& params, int step = -1) {
    return {kind, step, hooks, twilio::form::from_pairs(params), twilio::form_encode(params)};
  }

  core::webhook_event called(const pairs& more = {}) const { return told(webhook_kind::voice, call_params(more)); }
  core::webhook_event dial_ended(int step, const pairs& more) const {
    return told(webhook_kind::dial, call_params(changed({{"CallStatus", "in-progress"}}, more)), step);
  }
  core::webhook_event relay_ended(const pairs& more) const {
    return told(webhook_kind::relay, call_params(changed({{"CallStatus", "in-progress"}}, more)));
  }
  core::webhook_event texted(const pairs& more = {}) const { return told(webhook_kind::sms, message_params(more)); }
};

/// The TwiML of an answer, read back; the test fails when it is none.
inline xml_node document(const core::webhook_event& event) {
  BOOST_TEST(event.answer.status == 200);
  BOOST_TEST(event.answer.content_type == "text/xml; charset=utf-8");
  auto root = xml_reader::read(event.answer.body);
  BOOST_TEST(root.name == "Response");
  return root;
}

/// "ai-agent skipped agent_not_configured, voicemail taken": what the archive keeps of the chain.
inline std::string route(const call_facts& facts) {
  std::string out;
  for (const auto& text : facts.steps) {
    const auto step = core::route_step::decode(text);
    if (!step)
      continue;
    out +=
        (out.empty() ? "" : ", ") + step->mode + " " + step->result + (step->reason.empty() ? "" : " " + step->reason);
  }
  return out;
}

inline std::string route(const core::webhook_event& event) {
  BOOST_REQUIRE(event.call);
  return route(*event.call);
}

/// The apology that ends a chain that is used up.
inline bool is_apology(const core::webhook_event& event) {
  const auto doc = document(event);
  return doc.verbs() == "Say Hangup" && doc.at("Say").text.find("sorry") != std::string::npos;
}

} // namespace trunkline::tests

#include "routing/decide.hpp"

#include "routing/call_facts.hpp"
#include "routing/call_twiml.hpp"
#include "routing/chain.hpp"
#include "routing/inbound_message.hpp"
#include "twilio/twiml.hpp"

#include <algorithm>

namespace trunkline::routing {

namespace {

using core::call_facts;
using core::webhook_kind;

/// Whose word counts: the company's rules, or only that no call goes unanswered.
enum class rules : uint8_t { company, safe };

struct question {
  const core::tenant_profile& profile;
  const incoming_webhook& webhook;
  core::timestamp now;
  rules by = rules::company;

  const core::tenant_config& config() const { return profile.config; }
  const twilio::form& params() const { return webhook.params; }
};

core::webhook_answer with_twiml(std::string document) {
  return {200, std::string(twilio::twiml_content_type), std::move(document)};
}

core::webhook_answer without_body() { return {204, {}, {}}; }

call_scene scene_of(const question& q) {
  const auto& country = q.profile.tenant.country;
  return {q.profile, q.webhook.hooks_url, read_party(q.params(), "From", country),
          read_party(q.params(), "To", country)};
}

std::string answer_safely(const question& q, call_facts& facts) {
  const auto last = call_facts::max_steps - 1;
  const auto step = place_of(q.config(), core::routing_mode::voicemail)
                        .value_or(std::min(q.config().fallback_chain.size(), last)); // after all the others
  mark_step(facts, step, core::routing_mode::voicemail, "taken", {}, q.now);
  return voicemail_twiml(scene_of(q), step);
}

/// The document for the next step from `from` on; when the chain is used up, the apology.
std::string go_on(const question& q, size_t from, call_facts& facts) {
  if (caller_is_gone(q.params()))
    return hang_up_twiml(); // or the archive would show a step taken that nobody heard
  if (q.by == rules::safe)
    return answer_safely(q, facts);
  const auto step = take_step(q.config(), from, facts, q.now);
  return step ? step_twiml(scene_of(q), q.config().fallback_chain[*step], *step) : apology_twiml();
}

void on_voice(const question& q, core::webhook_event& event) {
  auto& facts = event.call.emplace(facts_of_call(q.profile, q.params(), q.now));
  facts.route_configured = name_of(q.config().mode);
  event.answer = with_twiml(go_on(q, 0, facts));
}

/// Why the forwarded call reached nobody, in the words of the archive; "" if it did reach somebody.
std::string_view dial_failure(const twilio::form& params) {
  const auto status = params.get("DialCallStatus");
  if (status == "completed" || status == "answered")
    return params.get("DialBridged") == "false" ? "no-answer" : ""; // hung up on the whisper: nobody spoke
  const auto known = {"busy", "no-answer", "canceled"};
  return std::find(known.begin(), known.end(), status) != known.end() ? status : "failed";
}

void on_dial(const question& q, core::webhook_event& event) {
  auto& facts = event.call.emplace(facts_of_action(q.profile, q.params(), q.now));
  const bool dialed = q.params().has("DialCallStatus");
  if (!dialed && (q.params().has("RecordingSid") || q.params().has("RecordingUrl"))) {
    event.answer = with_twiml(thanks_twiml());
    return;
  }
  const auto reason = dial_failure(q.params());
  if (reason.empty()) {
    event.answer = with_twiml(hang_up_twiml());
    return;
  }
  const auto& chain = q.config().fallback_chain;
  const auto step = static_cast<size_t>(q.webhook.step); // a negative one is beyond every chain
  const bool known = step < chain.size();
  if (dialed ||
      known) // the chain may have been changed since: what was dialled was a forward, whatever stands there now
    mark_step(facts, step, dialed ? core::routing_mode::forward : chain[step], "failed", reason, q.now);
  event.answer = with_twiml(go_on(q, known ? step + 1 : chain.size(), facts));
}

bool agent_failed(const twilio::form& params) {
  const auto session = params.get("SessionStatus"), error = params.get("ErrorCode");
  if (session == "completed" || session == "ended")
    return false;
  return session == "failed" || (!error.empty() && error != "0");
}

void on_relay(const question& q, core::webhook_event& event) {
  auto& facts = event.call.emplace(facts_of_action(q.profile, q.params(), q.now));
  if (!agent_failed(q.params())) {
    event.answer = with_twiml(hang_up_twiml());
    return;
  }
  const auto place = place_of(q.config(), core::routing_mode::ai_agent);
  if (place)
    mark_step(facts, *place, core::routing_mode::ai_agent, "failed", "agent_failed", q.now);
  event.answer = with_twiml(go_on(q, place ? *place + 1 : 0, facts));
}

void on_message(const question& q, core::webhook_event& event) {
  auto inbound = read_message(q.profile, q.params(), q.now);
  const bool reply = q.by == rules::company && inbound.wants_reply;
  event.answer = with_twiml(reply ? reply_twiml(q.config()) : twilio::empty_twiml());
  event.message = std::move(inbound.message);
  event.opt_out = std::move(inbound.opt_out);
  event.profile_name = std::move(inbound.profile_name);
}

void on_status(const question& q, core::webhook_event& event) {
  event.answer = without_body();
  if (q.params().has("MessageSid"))
    event.message_status = read_message_status(q.params(), q.webhook.message, q.now);
  else
    event.call = facts_of_progress(q.profile, q.params(), q.now);
}

core::webhook_event decide_by(rules by, const core::tenant_profile& profile, const core::webhook_key& key,
                              const incoming_webhook& webhook, core::timestamp now) {
  core::webhook_event event;
  event.key = key;
  event.key.tenant = profile.tenant.id;
  event.received_at = now;
  event.params = webhook.raw_params;
  const question q{profile, webhook, now, by};
  const question safely{profile, webhook, now, rules::safe};
  switch (webhook.kind) {
  case webhook_kind::voice:
    on_voice(q, event);
    break;
  case webhook_kind::dial:
    on_dial(q, event);
    break;
  case webhook_kind::relay:
    on_relay(q, event);
    break;
  // The callee's leg is part of the caller's record: nothing to store but the event.
  case webhook_kind::whisper:
    event.answer = with_twiml(whisper_twiml(profile.config));
    break;
  // Twilio asks here when an answer of ours has just failed it, so this one keeps to what cannot fail.
  case webhook_kind::fallback:
    webhook.params.has("MessageSid") ? on_message(safely, event) : on_voice(safely, event);
    break;
  case webhook_kind::sms:
    on_message(q, event);
    break;
  case webhook_kind::status:
    on_status(q, event);
    break;
  case webhook_kind::recording:
    event.answer = without_body();
    event.call = facts_of_recording(profile, webhook.params, now);
    break;
  case webhook_kind::transcription:
    event.answer = without_body();
    event.call = facts_of_transcription(profile, webhook.params, now);
    break;
  }
  return event;
}

} // namespace

core::webhook_event decide(const core::tenant_profile& profile, const core::webhook_key& key,
                           const incoming_webhook& webhook, core::timestamp now) {
  return decide_by(rules::company, profile, key, webhook, now);
}

core::webhook_event decide_safely(const core::tenant_profile& profile, const core::webhook_key& key,
                                  const incoming_webhook& webhook, core::timestamp now) {
  return decide_by(rules::safe, profile, key, webhook, now);
}

} // namespace trunkline::routing

#pragma once

#include "core/tenant_profile.hpp"
#include "core/webhook_event.hpp"
#include "twilio/form.hpp"

#include <string>

namespace trunkline::routing {

/// A webhook that has passed the door: which route it took, and what it says.
struct incoming_webhook {
  core::webhook_kind kind = core::webhook_kind::voice;
  int step = -1;         ///< of /hooks/{token}/dial/{step}; of .../status/{message}/{attempt} the attempt; -1 elsewhere
  std::string hooks_url; ///< "https://gw.example.com/hooks/<token>": what callback URLs in our answer begin with
  twilio::form params;
  std::string raw_params;        ///< the form body as received, made valid UTF-8
  core::message_id message = {}; ///< of .../status/{message}/{attempt}; empty elsewhere
};

/// What the event is known by. ec::malformed_webhook when a SID is missing or misshapen, a parameter that decides
/// anything (AccountSid, To, From, the SIDs, statuses, ...) is given twice, or a number in it is none. The tenant of
/// the key is left empty: at this point nobody knows it yet.
core::expected<core::webhook_key> key_of(core::webhook_kind kind, int step, const twilio::form& params);

/// How this company answers this webhook, and everything that must be stored before the answer leaves [C4-C8, S1].
/// Pure: same arguments, same result.
core::webhook_event decide(const core::tenant_profile& profile, const core::webhook_key& key,
                           const incoming_webhook& webhook, core::timestamp now);

/// The answer when the company's own rules cannot be asked (its actor is quarantined or has just failed): voicemail
/// for a call, empty TwiML for a message, 204 for a callback. Stored like any other.
core::webhook_event decide_safely(const core::tenant_profile& profile, const core::webhook_key& key,
                                  const incoming_webhook& webhook, core::timestamp now);

} // namespace trunkline::routing

#pragma once

#include "core/tenant_profile.hpp"
#include "routing/params.hpp"

#include <string>

namespace trunkline::routing {

// The documents that a call is answered with. Callback URLs carry their state in the path and never have a query:
// Twilio reorders queries and then signs another URL than it asks for (FACTS 1.3).

/// What every answer to a call is made from.
struct call_scene {
  const core::tenant_profile& profile;
  const std::string& hooks_url; ///< "https://gw.example.com/hooks/<token>"
  party from, to;
};

/// The document for this step of the company's chain, which must be one that can be taken (chain.hpp, obstacle()).
std::string step_twiml(const call_scene& scene, core::routing_mode mode, size_t step);

/// Greeting, <Record>, and a word of parting for a caller who says nothing.
std::string voicemail_twiml(const call_scene& scene, size_t step);

/// What the callee hears before being connected; empty TwiML (connects at once) when there is no message.
std::string whisper_twiml(const core::tenant_config& config);

/// The chain is used up: a spoken apology, never silence.
const std::string& apology_twiml();
/// After a recorded voicemail.
const std::string& thanks_twiml();
const std::string& hang_up_twiml();

/// "ID[-model[-speed_stability_similarity]]" (FACTS 5.2).
std::string relay_voice(const core::agent_voice& voice);

} // namespace trunkline::routing

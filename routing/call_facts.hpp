#pragma once

#include "core/tenant_profile.hpp"
#include "core/webhook_event.hpp"
#include "twilio/form.hpp"

#include <optional>

namespace trunkline::routing {

// What a webhook tells about its call. Every fact is an upper or lower bound that core::call_facts' merge can put
// together in any order: "had begun no later than", "had ended no earlier than".

/// Of any webhook about a call (CallSid): parties, direction, status, begun no later than `now`.
core::call_facts facts_of_call(const core::tenant_profile& profile, const twilio::form& params, core::timestamp now);

/// Of the action URL of a verb: also the recording it mentions, as still in progress (its own callback knows more), and
/// the end if the caller has hung up.
core::call_facts facts_of_action(const core::tenant_profile& profile, const twilio::form& params, core::timestamp now);

/// Of a call status callback: also when it was answered, when it ended and how long it took. nullopt for the leg to a
/// callee, which has a CallSid of its own but is part of its caller's record.
std::optional<core::call_facts> facts_of_progress(const core::tenant_profile& profile, const twilio::form& params,
                                                  core::timestamp now);

/// Of a recording status callback.
core::call_facts facts_of_recording(const core::tenant_profile& profile, const twilio::form& params,
                                    core::timestamp now);

/// Of a transcription callback; the text is clean UTF-8 of at most 64 KiB.
core::call_facts facts_of_transcription(const core::tenant_profile& profile, const twilio::form& params,
                                        core::timestamp now);

/// True when Twilio says that the call is over: nothing that is answered now is heard by anybody.
bool caller_is_gone(const twilio::form& params);

} // namespace trunkline::routing

#include "routing/call_facts.hpp"

#include "routing/params.hpp"
#include "twilio/sid.hpp"

#include <algorithm>

namespace trunkline::routing {

namespace {

constexpr size_t max_transcription = 64 * 1024;
constexpr size_t max_sid = 34;
constexpr int64_t max_seconds = 10'000'000;
constexpr int final_rank = 4;

core::timestamp before(core::timestamp at, int64_t seconds) { return {at.ms - seconds * 1000}; }

/// The SID, else the last part of the URL, else "".
std::string_view recording_sid(const twilio::form& params) {
  auto sid = params.get("RecordingSid");
  if (sid.empty())
    if (const auto url = params.get("RecordingUrl"); url.find('/') != std::string_view::npos)
      sid = url.substr(url.rfind('/') + 1);
  return twilio::is_sid(sid, "RE") ? sid : std::string_view{};
}

std::string encode_recording(const twilio::form& params, std::string_view status) {
  core::call_recording recording;
  recording.sid = recording_sid(params);
  recording.status = status;
  recording.duration_seconds = read_count(params.get("RecordingDuration"), max_seconds);
  recording.source_url = web_address(params.get("RecordingUrl"));
  return recording.sid.empty() ? std::string{} : recording.encode();
}

} // namespace

bool caller_is_gone(const twilio::form& params) {
  return core::call_status_rank(params.get("CallStatus")) >= final_rank;
}

core::call_facts facts_of_call(const core::tenant_profile& profile, const twilio::form& params, core::timestamp now) {
  core::call_facts facts;
  facts.call_sid = storable(params.get("CallSid"), max_sid);
  facts.direction = storable(params.get("Direction"), 32);
  facts.from = read_party(params, "From", profile.tenant.country).text;
  facts.to = read_party(params, "To", profile.tenant.country).text;
  facts.started_at = now;
  if (const auto status = params.get("CallStatus"); core::call_status_rank(status) >= 0)
    facts.status = status;
  return facts;
}

core::call_facts facts_of_action(const core::tenant_profile& profile, const twilio::form& params, core::timestamp now) {
  auto facts = facts_of_call(profile, params, now);
  facts.recording = encode_recording(params, "in-progress");
  if (caller_is_gone(params))
    facts.ended_at = now;
  return facts;
}

std::optional<core::call_facts> facts_of_progress(const core::tenant_profile& profile, const twilio::form& params,
                                                  core::timestamp now) {
  if (!params.get("ParentCallSid").empty())
    return std::nullopt;
  auto facts = facts_of_call(profile, params, now);
  const auto at = read_time(params, "Timestamp").value_or(now);
  facts.started_at = std::min(at, now);
  if (facts.status == "in-progress")
    facts.answered_at = at;
  if (core::call_status_rank(facts.status) < final_rank)
    return facts;
  facts.ended_at = at;
  facts.duration_seconds = read_count(params.get("CallDuration"), max_seconds);
  if (facts.status == "completed" && facts.duration_seconds) {
    // A number's own status callback comes once, at the end: when it was answered can only be counted back.
    facts.answered_at = before(at, *facts.duration_seconds);
    facts.started_at = std::min(*facts.started_at, *facts.answered_at);
  }
  return facts;
}

core::call_facts facts_of_recording(const core::tenant_profile& profile, const twilio::form& params,
                                    core::timestamp now) {
  auto facts = facts_of_call(profile, params, now);
  facts.started_at = std::min(read_time(params, "RecordingStartTime").value_or(now), now);
  const auto status = params.get("RecordingStatus");
  if (status == "in-progress" || status == "completed" || status == "absent")
    facts.recording = encode_recording(params, status);
  return facts;
}

core::call_facts facts_of_transcription(const core::tenant_profile& profile, const twilio::form& params,
                                        core::timestamp now) {
  auto facts = facts_of_call(profile, params, now);
  core::call_transcription transcription;
  transcription.status = params.get("TranscriptionStatus");
  transcription.text = storable(params.get("TranscriptionText"), max_transcription);
  if (transcription.status == "completed" || transcription.status == "failed")
    facts.transcription = transcription.encode();
  return facts;
}

} // namespace trunkline::routing

#include "http/shapes/call.hpp"

#include "core/money.hpp"
#include "core/utf8.hpp"
#include "json/writer.hpp"
#include "twilio/form.hpp"

namespace trunkline::http::shapes {

namespace {

/// Until Twilio has said a price: 0.013 USD per started minute (FEATURES M7).
constexpr int64_t voice_units_per_minute = 1'300;

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> time_or_null(const std::optional<core::timestamp>& at) {
  return at ? std::optional(core::to_rfc3339(*at)) : std::nullopt;
}

/// The step that answered the call: the last one that was taken or tried.
const core::route_step* taken_step(const std::vector<core::route_step>& steps) {
  const core::route_step* taken = nullptr;
  for (const auto& step : steps)
    if (step.result != "skipped")
      taken = &step;
  return taken;
}

void write_route(json::writer& out, const core::call_facts& facts, const std::vector<core::route_step>& steps) {
  const auto* taken = taken_step(steps);
  std::optional<std::string> reason; // why it is not the configured one: what became of the first step
  if (taken && taken->mode != facts.route_configured && !steps.front().reason.empty())
    reason = steps.front().reason;
  out.key("route").begin_object();
  out.field("configured", text_or_null(facts.route_configured));
  out.field("taken", taken ? std::optional(taken->mode) : std::nullopt);
  out.field("reason", reason);
  out.key("steps").begin_array();
  for (const auto& step : steps) {
    out.begin_object();
    out.field("mode", step.mode);
    out.field("result", step.result);
    out.field("reason", text_or_null(step.reason));
    out.field("at", core::to_rfc3339(step.at));
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

void write_recording(json::writer& out, const core::call_record& call) {
  const auto recording = core::call_recording::decode(call.facts.recording);
  if (!recording) {
    out.null_field("recording");
    return;
  }
  out.key("recording").begin_object();
  out.field("sid", recording->sid);
  out.field("status", recording->status);
  out.field("durationSeconds", recording->duration_seconds);
  out.field("url", "/api/companies/" + call.tenant.value + "/calls/" + call.id.value + "/recording");
  out.end_object();
}

void write_transcription(json::writer& out, const core::call_facts& facts) {
  const auto transcription = core::call_transcription::decode(facts.transcription);
  if (!transcription) {
    out.null_field("transcription");
    return;
  }
  out.key("transcription").begin_object();
  out.field("status", transcription->status);
  out.field("text", transcription->text);
  out.end_object();
}

void write_price(json::writer& out, const core::call_facts& facts) {
  std::optional<std::string> price;
  if (facts.duration_seconds)
    price = core::to_string(core::money{(*facts.duration_seconds + 59) / 60 * voice_units_per_minute});
  out.field("price", price);
  out.field("currency", "USD");
  out.field("priceEstimated", true);
}

void write_events(json::writer& out, const std::vector<core::stored_event>& events) {
  out.key("events").begin_array();
  for (const auto& event : events) {
    out.begin_object();
    out.field("at", core::to_rfc3339(event.at));
    out.field("kind", core::to_string(event.kind));
    out.key("params").begin_object();
    if (const auto params = twilio::form::parse(event.params))
      for (const auto& field : params->fields())
        if (field.name != "CallToken") // a credential of the caller's carrier
          out.field(field.name, core::to_clean_utf8(field.value));
    out.end_object();
    out.end_object();
  }
  out.end_array();
}

} // namespace

void write_call(json::writer& out, const core::call_record& call, const std::vector<core::stored_event>* events) {
  const auto& facts = call.facts;
  std::vector<core::route_step> steps;
  for (const auto& encoded : facts.steps)
    if (auto step = core::route_step::decode(encoded))
      steps.push_back(std::move(*step));
  const auto* taken = taken_step(steps);
  out.begin_object();
  out.field("id", call.id.value);
  out.field("companyId", call.tenant.value);
  out.field("callSid", facts.call_sid);
  out.field("direction", text_or_null(facts.direction));
  out.field("from", text_or_null(facts.from));
  out.field("to", text_or_null(facts.to));
  out.field("status", text_or_null(facts.status));
  out.field("startedAt", time_or_null(facts.started_at));
  out.field("answeredAt", time_or_null(facts.answered_at));
  out.field("endedAt", time_or_null(facts.ended_at));
  out.field("durationSeconds", facts.duration_seconds);
  write_route(out, facts, steps);
  out.field("voicemail", taken && taken->mode == "voicemail");
  write_recording(out, call);
  write_transcription(out, facts);
  write_price(out, facts);
  out.field("simulated", false);
  if (events)
    write_events(out, *events);
  out.end_object();
}

} // namespace trunkline::http::shapes

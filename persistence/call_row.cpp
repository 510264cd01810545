#include "persistence/call_row.hpp"

namespace trunkline::persistence {

const std::string call_columns = "company_id, id, call_sid, direction, from_party, to_party, status, status_rank, "
                                 "started_at, answered_at, ended_at, "
                                 "duration_seconds, route_configured, step_1, step_2, step_3, recording, transcription";

core::call_id call_id_of(const core::tenant_id& tenant, const std::string& call_sid) {
  return core::call_id(core::derived_id("call_", tenant.value, call_sid));
}

call_row::call_row(const core::tenant_id& tenant, const core::call_facts& f)
    : company(tenant.value),
      id(call_id_of(tenant, f.call_sid).value),
      call_sid(f.call_sid),
      direction(f.direction),
      from(f.from),
      to(f.to),
      status(f.status),
      status_rank(core::call_status_rank(f.status)),
      started_at(ms_of(f.started_at)),
      answered_at(ms_of(f.answered_at)),
      ended_at(ms_of(f.ended_at)),
      duration_seconds(f.duration_seconds),
      route_configured(f.route_configured),
      step_1(f.steps[0]),
      step_2(f.steps[1]),
      step_3(f.steps[2]),
      recording(f.recording),
      transcription(f.transcription) {}

core::call_record call_row::record() const {
  core::call_record call;
  call.id.value = id;
  call.tenant.value = company;
  auto& f = call.facts;
  f.call_sid = call_sid;
  f.direction = direction;
  f.from = from;
  f.to = to;
  f.status = status;
  f.started_at = time_of(started_at);
  f.answered_at = time_of(answered_at);
  f.ended_at = time_of(ended_at);
  f.duration_seconds = duration_seconds.get();
  f.route_configured = route_configured;
  f.steps = {step_1, step_2, step_3};
  f.recording = recording;
  f.transcription = transcription;
  return call;
}

} // namespace trunkline::persistence

#include "sim/call_lifecycle.hpp"

#include "sim/message_rules.hpp"

#include <algorithm>

namespace trunkline::sim {

namespace {

using call_ptr = table<call>::pointer;

/// `event` is Twilio's name of it; the final one is "completed" however the call ended.
void report(world& sim, const call_ptr& call, std::string_view event, std::function<void()> next) {
  if (call->status_callback.empty() || std::ranges::find(call->status_events, event) == call->status_events.end()) {
    next();
    return;
  }
  pairs params = voice_params(*call);
  params.emplace_back("Timestamp", core::to_rfc2822(sim.clock.now()));
  params.emplace_back("CallbackSource", "call-progress-events");
  params.emplace_back("SequenceNumber", std::to_string(call->sequence++));
  if (event == "initiated")
    std::ranges::find(params, "CallStatus", &pairs::value_type::first)->second = "initiated";
  if (call->ended()) {
    const auto seconds = call->started_at && call->ended_at ? (call->ended_at->ms - call->started_at->ms) / 1000 : 0;
    params.emplace_back("CallDuration", std::to_string(seconds));
    params.emplace_back("Duration", std::to_string((seconds + 59) / 60)); // billed minutes
    params.emplace_back("SipResponseCode", call->status == "busy" ? "486" : "200");
  }
  send_callback(sim,
                {"call-status",
                 call->account_sid,
                 call->sid,
                 call->status_callback,
                 call->status_callback_method,
                 std::move(params),
                 {}},
                std::move(next));
}

/// Runs `step` unless the call has ended meanwhile.
void later(world& sim, const call_ptr& call, int64_t ms, void (*step)(world&, const call_ptr&)) {
  sim.out.after(std::chrono::milliseconds(ms), [&sim, call, step] {
    if (!call->ended() && !call->deleted)
      step(sim, call);
  });
}

void complete(world& sim, const call_ptr& call) { end_call(sim, call, "completed"); }

void pick_up(world& sim, const call_ptr& call) {
  const auto end = end_of_call(call->to);
  if (end != "completed") {
    end_call(sim, call, std::string(end));
    return;
  }
  call->status = "in-progress";
  call->started_at = call->updated_at = sim.clock.now();
  report(sim, call, "answered", [] {});
  const auto hang_up_later = [&sim, call] { later(sim, call, sim.times.completed_after_ms, complete); };
  if (call->url.empty()) {
    hang_up_later();
    return;
  }
  send_webhook(sim, {"call-url", call->account_sid, call->sid, call->url, call->method, voice_params(*call), {}},
               [hang_up_later](const http_answer&) { hang_up_later(); });
}

void ring(world& sim, const call_ptr& call) {
  call->status = "ringing";
  call->updated_at = sim.clock.now();
  report(sim, call, "ringing", [&sim, call] { later(sim, call, sim.times.answered_after_ms, pick_up); });
}

} // namespace

pairs voice_params(const call& call) {
  pairs params = {{"AccountSid", call.account_sid},
                  {"ApiVersion", "2010-04-01"},
                  {"CallSid", call.sid},
                  {"CallStatus", call.status},
                  {"Direction", call.direction},
                  {"From", call.from},
                  {"To", call.to},
                  {"Caller", call.from},
                  {"Called", call.to}};
  if (!call.parent_call_sid.empty())
    params.emplace_back("ParentCallSid", call.parent_call_sid);
  return params;
}

void start_life(world& sim, const call_ptr& call) {
  report(sim, call, "initiated", [&sim, call] { later(sim, call, sim.times.ringing_after_ms, ring); });
}

void end_call(world& sim, const call_ptr& call, std::string status) {
  if (call->ended())
    return;
  call->status = std::move(status);
  call->ended_at = call->updated_at = sim.clock.now();
  report(sim, call, "completed", [] {});
}

} // namespace trunkline::sim

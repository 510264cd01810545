#include "sim/message_lifecycle.hpp"

#include "core/money.hpp"
#include "sim/message_rules.hpp"
#include "twilio/segments.hpp"

namespace trunkline::sim {

namespace {

using message_ptr = table<message>::pointer;

constexpr int64_t price_per_segment = 750; // 0.00750

void report(world& sim, const message_ptr& sms, std::function<void()> next) {
  if (sms->status_callback.empty()) {
    next();
    return;
  }
  webhook hook{"message-status", sms->account_sid, sms->sid, sms->status_callback, "POST", status_params(*sms), {}};
  send_callback(sim, std::move(hook), std::move(next));
}

/// A service chooses its sender when it sends.
void choose_sender(world& sim, message& sms) {
  if (!sms.from.empty())
    return;
  for (const auto& number : sim.data.numbers.of_account(sms.account_sid))
    if (!number->deleted) {
      sms.from = number->phone_number;
      break;
    }
  sms.segments = twilio::count_segments(sms.body).segments;
}

void finish(world& sim, const message_ptr& sms, const fate& end) {
  sms->status = end.status;
  sms->error_code = end.error_code;
  sms->updated_at = sim.clock.now();
  report(sim, sms, [] {});
}

void leave(world& sim, const message_ptr& sms) {
  if (sms->status == "canceled" || sms->deleted)
    return;
  const auto* owner = sim.data.find_account(sms->account_sid);
  choose_sender(sim, *sms);
  const auto end = owner && owner->active() ? fate_of(sms->to) : fate{"failed", 30002};
  if (end.status == "failed") {
    finish(sim, sms, end);
    return;
  }
  sms->status = "sent";
  sms->sent_at = sms->updated_at = sim.clock.now();
  sms->price = "-" + core::to_string(core::money{price_per_segment * sms->segments});
  report(sim, sms, [&sim, sms, end] {
    if (end.status != "sent")
      sim.out.after(std::chrono::milliseconds(sim.times.delivered_after_ms),
                    [&sim, sms, end] { finish(sim, sms, end); });
  });
}

} // namespace

pairs status_params(const message& sms) {
  pairs params = {{"ApiVersion", "2010-04-01"}, {"SmsStatus", sms.status},
                  {"SmsSid", sms.sid},          {"To", sms.to},
                  {"From", sms.from},           {"MessageStatus", sms.status},
                  {"MessageSid", sms.sid},      {"AccountSid", sms.account_sid}};
  if (!sms.messaging_service_sid.empty())
    params.emplace_back("MessagingServiceSid", sms.messaging_service_sid);
  if (sms.error_code)
    params.emplace_back("ErrorCode", std::to_string(*sms.error_code));
  return params;
}

void start_life(world& sim, const message_ptr& sms) {
  const auto wait = sms->send_at ? sms->send_at->ms - sim.clock.now().ms : 0;
  const auto go = [&sim, sms] { leave(sim, sms); };
  const auto soon = std::chrono::milliseconds(sim.times.sent_after_ms + wait);
  if (sim.times.queued_callback && !sms->send_at)
    report(sim, sms, [&sim, soon, go] { sim.out.after(soon, go); });
  else
    sim.out.after(soon, go);
}

} // namespace trunkline::sim

#include "actors/alert_courier.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "health/standard_webhook.hpp"

#include <algorithm>

namespace trunkline::actors {

namespace {

constexpr std::chrono::milliseconds ours_for{60'000}; ///< longer than a delivery takes
constexpr int64_t look_every_ms = 10'000;
constexpr int gone = 410; ///< Standard Webhooks: the receiver does not want to be told any more

constexpr std::string_view name = "trunkline_alert_deliveries_total", help = "Alerts told to the outside";
core::counter heard(name, help, "result", "heard");
core::counter failed(name, help, "result", "failed");
core::counter given_up(name, help, "result", "given_up");

} // namespace

void alert_courier::look() {
  const auto now = node_->clock.now();
  const bool repeat = repeat_at_ && now >= *repeat_at_;
  if (!receiver_ || under_way_ > 0 || (now < look_at_ && !repeat))
    return;
  if (repeat)
    repeat_at_.reset();
  look_at_ = {now.ms + look_every_ms};
  ++under_way_;
  using deliveries = std::vector<core::alert_delivery>;
  const auto taken = [this](const core::expected<deliveries>& all) {
    --under_way_;
    if (!all)
      return;
    if (all->size() == at_once)
      look_soon();
    for (const auto& one : *all)
      send(one);
  };
  node_->stores.ask(take_deliveries{at_once, ours_for, reply_on<deliveries>(post_, taken)});
}

void alert_courier::send(const core::alert_delivery& one) {
  ++under_way_;
  auto headers = health::sign(receiver_->key, one.id, node_->clock.now(), one.body);
  headers.emplace_back("Content-Type", "application/json");
  receiver_->deliver({receiver_->url, std::move(headers), one.body,
                      reply_on<int>(post_, [this, one](const auto& status) { sent(one, status); })});
}

void alert_courier::sent(const core::alert_delivery& one, const core::expected<int>& status) {
  --under_way_;
  if (status && *status >= 200 && *status < 300) {
    heard.add();
    return finish(one, std::nullopt);
  }
  failed.add();
  const auto why = status ? fmt::format("HTTP {}", *status) : status.error().detail;
  const auto wait = status && *status == gone ? std::nullopt : health::wait_after(one.attempts);
  if (wait)
    return finish(one, *wait, why);
  given_up.add();
  log::error(log::no_request, "ALERT webhook {} given up after {} attempts: {}", one.id, one.attempts, why);
  finish(one, std::nullopt);
}

/// Whether or not this is written: the row is ours for a while and then taken again.
void alert_courier::finish(const core::alert_delivery& one, std::optional<std::chrono::milliseconds> again_in,
                           const std::string& why) {
  ++under_way_;
  const auto wait_ms = again_in ? again_in->count() : 0; // done with: what comes after it may be told now
  const core::timestamp again{node_->clock.now().ms + wait_ms};
  repeat_at_ = std::min(again, repeat_at_.value_or(again));
  const auto done = [this, one, wait_ms, why](const core::expected<void>&) {
    --under_way_;
    if (wait_ms > 0)
      log::warn(log::no_request, "alert webhook {} not delivered (attempt {}), again in {} s: {}", one.id, one.attempts,
                wait_ms / 1000, why);
  };
  node_->stores.ask(finish_delivery{one.id, again_in, reply_on<void>(post_, done)});
}

} // namespace trunkline::actors

#include "actors/alert_desk.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "health/causes.hpp"

namespace trunkline::actors {

namespace {

constexpr size_t most_open = 100'000;

core::gauge open_alerts("trunkline_alerts_open", "Alerts that are not resolved");
core::counter opened("trunkline_alerts_opened_total", "Alerts opened by this node");

} // namespace

/// Known from now on: whoever says in the next moment that it is gone is believed, and his word is stored after this.
void alert_desk::raise(core::alert_cause cause) {
  const auto key = cause.key;
  const auto times = cause.times;
  known_.insert(key);
  raised_.insert(key);
  parts_.node->stores.ask(raise_alert{
      std::move(cause), parts_.tell,
      reply_on<core::alert>(parts_.post, [this, key, times](const auto& stored) { raised(key, times, stored); })});
}

void alert_desk::raised(const core::alert_key& key, int64_t times, const core::expected<core::alert>& stored) {
  if (!stored) { // seen again it will be raised again
    known_.erase(key);
    raised_.erase(key);
    if (stored.error().code != core::ec::company_not_found)
      log::error(log::no_request, "ALERT {} company {} {} could not be stored: {}", to_string(key.code), key.company,
                 key.dependency, stored.error().detail);
    return;
  }
  open_alerts.set(static_cast<int64_t>(known_.size()));
  if (stored->occurrences != times || stored->opened_at != stored->last_seen_at)
    return;
  opened.add();
  log::error(log::no_request, "ALERT {} {}: {}. {}", to_string(key.code), stored->title, stored->detail, stored->fix);
  if (parts_.tell)
    parts_.told_new();
}

void alert_desk::clear(const core::alert_key& key, std::optional<core::timestamp> unseen_since) {
  raised_.erase(key);
  if (known_.erase(key) == 0)
    return;
  open_alerts.set(static_cast<int64_t>(known_.size()));
  const auto resolved = [this, key](const core::expected<bool>& ended) {
    if (!ended || !*ended) // what is still open is known again when next compared
      return;
    log::info(log::no_request, "alert resolved: {} company {} {}", to_string(key.code), key.company, key.dependency);
    if (parts_.tell)
      parts_.told_new();
  };
  parts_.node->stores.ask(resolve_alert{key, unseen_since, parts_.tell, reply_on<bool>(parts_.post, resolved)});
}

void alert_desk::compare(std::function<bool(const core::alert_key&)> is_gone, std::function<void()> then) {
  using open = std::vector<core::open_alert>;
  const auto read = [this, is_gone = std::move(is_gone), then = std::move(then)](const core::expected<open>& all) {
    if (!all)
      return;
    known_ = raised_; // what is read may be older than these
    for (const auto& one : *all)
      known_.insert(one.key);
    open_alerts.set(static_cast<int64_t>(known_.size()));
    const auto silent_since = core::timestamp{parts_.node->clock.now().ms - health::rejections_end_ms};
    for (const auto& one : *all)
      if (one.key.code == core::alert_code::signature_rejected && one.last_seen_at <= silent_since)
        clear(one.key, silent_since);
      else if (is_gone(one.key))
        clear(one.key);
    then();
  };
  raised_.clear();
  parts_.node->stores.ask(list_open_alerts{most_open, reply_on<open>(parts_.post, read)});
}

} // namespace trunkline::actors

#include "tests/actors/alerts_in_memory.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trunkline::tests {

core::alert* alerts_in_memory::find_open(const core::alert_key& key) {
  for (auto& row : rows)
    if (row.key == key && row.state != core::alert_state::resolved)
      return &row;
  return nullptr;
}

core::expected<core::alert> alerts_in_memory::raise(const core::alert_cause& cause, core::timestamp now, bool tell) {
  if (away)
    return core::fail(core::ec::database_unavailable, "away");
  if (auto* known = find_open(cause.key)) {
    known->occurrences += cause.times;
    known->last_seen_at = now;
    return *known;
  }
  core::alert made;
  made.id.value = fmt::format("al_{:06}", rows.size());
  made.key = cause.key, made.severity = cause.severity;
  made.title = cause.title, made.detail = cause.detail, made.fix = cause.fix;
  made.occurrences = cause.times;
  made.opened_at = made.last_seen_at = now;
  rows.push_back(made);
  if (tell)
    letters.push_back({{fmt::format("msg_{}_open", made.id.value), "{\"state\":\"open\"}", 0}, now});
  return made;
}

core::expected<bool> alerts_in_memory::resolve(const core::alert_key& key, std::optional<core::timestamp> unseen_since,
                                               core::timestamp now, bool tell) {
  ++resolve_questions;
  if (away)
    return core::fail(core::ec::database_unavailable, "away");
  auto* known = find_open(key);
  if (!known || (unseen_since && known->last_seen_at > *unseen_since))
    return false;
  known->state = core::alert_state::resolved;
  known->resolved_at = now;
  if (tell)
    letters.push_back({{fmt::format("msg_{}_resolved", known->id.value), "{\"state\":\"resolved\"}", 0}, now});
  return true;
}

core::expected<std::vector<core::open_alert>> alerts_in_memory::open(size_t) {
  if (away)
    return core::fail(core::ec::database_unavailable, "away");
  std::vector<core::open_alert> all;
  for (const auto& row : rows)
    if (row.state != core::alert_state::resolved)
      all.push_back({row.key, row.last_seen_at});
  return all;
}

core::expected<core::alert> alerts_in_memory::acknowledge(const core::alert_id&, core::timestamp, const core::author&) {
  return core::fail(core::ec::internal_error, "nobody should acknowledge here");
}

core::expected<core::page<core::alert>> alerts_in_memory::list(const core::alert_filter&, const core::page_request&) {
  return core::fail(core::ec::internal_error, "nobody should list here");
}

core::expected<std::vector<core::alert_delivery>> alerts_in_memory::take_deliveries(size_t most, core::timestamp now,
                                                                                    core::timestamp until) {
  std::vector<core::alert_delivery> taken;
  for (auto& [what, due] : letters)
    if (due <= now && taken.size() < most) {
      ++what.attempts;
      due = until;
      taken.push_back(what);
    }
  return taken;
}

core::expected<void> alerts_in_memory::finish_delivery(const std::string& id, std::optional<core::timestamp> again) {
  const auto one = std::find_if(letters.begin(), letters.end(), [&](const auto& l) { return l.what.id == id; });
  if (one == letters.end())
    return {};
  if (again)
    one->due = *again;
  else
    letters.erase(one);
  return {};
}

} // namespace trunkline::tests

#include "health/planner.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>

namespace trunkline::health {

std::chrono::milliseconds planner::interval() const {
  const auto needed = static_cast<int64_t>(all_.size() * 1000 / std::max<size_t>(pace_.per_second, 1));
  return std::max(pace_.interval, std::chrono::milliseconds(needed));
}

/// About an interval from now, at the company's own place in it.
core::timestamp planner::next_turn(const core::tenant_id& company, core::timestamp now) const {
  const auto every = interval().count();
  const auto place = static_cast<int64_t>(std::hash<core::tenant_id>{}(company) % static_cast<uint64_t>(every));
  const auto earliest = now.ms + every / 2;
  return {earliest + (place - earliest % every + every) % every};
}

void planner::schedule(companies::value_type& one, core::timestamp when) {
  auto& [company, entry] = one;
  queue_.erase({entry.due, company});
  entry.due = when;
  if (!entry.under_way)
    queue_.emplace(when, company);
}

planner::due planner::begin(companies::value_type& one) {
  auto& [company, entry] = one;
  queue_.erase({entry.due, company});
  entry.under_way = true;
  ++under_way_;
  return {company, entry.stale_at};
}

void planner::add(const core::tenant_id& company, core::timestamp now) {
  const auto [one, is_new] = all_.try_emplace(company);
  if (!is_new)
    return;
  one->second.stale_at = {now.ms - pace_.interval.count()};
  schedule(*one, now);
}

void planner::remove(const core::tenant_id& company) {
  const auto one = all_.find(company);
  if (one == all_.end())
    return;
  queue_.erase({one->second.due, company});
  under_way_ -= one->second.under_way ? 1 : 0;
  all_.erase(one);
}

std::vector<core::tenant_id> planner::sync(const std::vector<core::tenant_id>& companies, core::timestamp now) {
  std::vector<core::tenant_id> gone;
  const std::unordered_set<core::tenant_id> wanted(companies.begin(), companies.end());
  for (const auto& [company, entry] : all_)
    if (!wanted.contains(company))
      gone.push_back(company);
  for (const auto& company : gone)
    remove(company);
  for (const auto& company : companies)
    add(company, now);
  return gone;
}

bool planner::hasten(const core::tenant_id& company, core::timestamp now) {
  const auto one = all_.find(company);
  if (one == all_.end())
    return false;
  one->second.stale_at = now;
  one->second.again = one->second.under_way;
  schedule(*one, std::min(now, one->second.due));
  return true;
}

std::vector<core::tenant_id> planner::first(size_t count) const {
  std::vector<core::tenant_id> soonest;
  for (auto next = queue_.begin(); next != queue_.end() && soonest.size() < count; ++next)
    soonest.push_back(next->second);
  return soonest;
}

std::vector<core::tenant_id> planner::hasten_some(size_t count, core::timestamp now) {
  auto soonest = first(count);
  for (const auto& company : soonest)
    hasten(company, now);
  return soonest;
}

std::vector<planner::due> planner::take(core::timestamp now) {
  const auto most = static_cast<double>(pace_.per_second);
  const auto passed = now.ms - budget_at_.value_or(core::timestamp{now.ms - 1000}).ms;
  budget_ = std::min(most, budget_ + most * static_cast<double>(std::max<int64_t>(passed, 0)) / 1000);
  budget_at_ = now;
  std::vector<due> out;
  while (budget_ >= 1 && under_way_ < pace_.at_once && !queue_.empty() && queue_.begin()->first <= now) {
    out.push_back(begin(*all_.find(queue_.begin()->second)));
    budget_ -= 1;
  }
  return out;
}

std::optional<planner::due> planner::take(const core::tenant_id& company, core::timestamp now) {
  const auto one = all_.find(company);
  if (one == all_.end() || one->second.under_way)
    return std::nullopt;
  one->second.stale_at = now;
  return begin(*one);
}

void planner::finished(const core::tenant_id& company, bool failing, core::timestamp now) {
  const auto one = all_.find(company);
  if (one == all_.end() || !one->second.under_way)
    return;
  auto& entry = one->second;
  entry.under_way = false;
  --under_way_;
  entry.failures = failing ? entry.failures + 1 : 0;
  auto next = next_turn(company, now);
  if (failing) {
    const auto doubled = pace_.first_retry.count() << std::min(entry.failures - 1, 20);
    next = {now.ms + std::min(doubled, interval().count())};
  }
  if (std::exchange(entry.again, false)) {
    schedule(*one, now);
    return;
  }
  // What somebody has asked about the same account since then is as good as asking again.
  entry.stale_at = now;
  schedule(*one, next);
}

void planner::put_back(const core::tenant_id& company, core::timestamp now) {
  const auto one = all_.find(company);
  if (one == all_.end() || !one->second.under_way)
    return;
  one->second.under_way = false;
  --under_way_;
  schedule(*one, {now.ms + 5'000});
}

} // namespace trunkline::health

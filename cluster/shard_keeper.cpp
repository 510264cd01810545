#include "cluster/shard_keeper.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"

#include <algorithm>
#include <utility>

namespace trunkline::cluster {

namespace {

using core::cluster_view;
using core::owned_shard;

core::gauge view_version("trunkline_view_version", "Version of the cluster's view");
core::counter view_changes("trunkline_view_changes_total", "Changes of the cluster's members this node has seen");
core::gauge shards_owned("trunkline_shards_owned", "Shards this node owns");
core::gauge unowned_seconds("trunkline_shard_unowned_seconds", "How long the shard that waits longest has no owner");
core::histogram transfer_seconds("trunkline_shard_transfer_seconds",
                                 "From the order to stop what acts for a shard until it was released");
core::counter evictions("trunkline_evictions_total", "Nodes this node has declared dead", "reason", "expired");

template <class... Values, class Hook>
void tell(const Hook& hook, Values&&... values) {
  if (hook)
    hook(std::forward<Values>(values)...);
}

void warn(std::string_view what, const core::error& problem) {
  log::warn(log::no_request, "{} failed: {} {}", what, problem.detail, problem.context);
}

} // namespace

shard_keeper::shard_keeper(int me, parts with)
    : me_(me), parts_(std::move(with)), free_since_(core::shard_count), quiet_since_(parts_.clock.steady()) {}

bool shard_keeper::see(const std::shared_ptr<const cluster_view>& view) {
  const auto* self = view->find(me_);
  if (self == nullptr || !is_live(self->status))
    return false;
  const bool members_changed = !view_ || view_->version != view->version;
  const bool changed = members_changed || view_->shards != view->shards;
  note_free(*view);
  if (members_changed) {
    quiet_since_ = parts_.clock.steady();
    view_changes.add();
  }
  view_ = view;
  if (changed)
    tell(parts_.hooks.view_changed, view);
  settle(*view);
  show();
  return true;
}

void shard_keeper::note_free(const cluster_view& view) {
  const auto now = parts_.clock.steady();
  for (size_t i = 0; i < view.shards.size(); ++i) {
    const bool was_free = view_ && !view_->shards[i].owner && view_->shards[i].epoch == view.shards[i].epoch;
    if (!view.shards[i].owner && !was_free)
      free_since_[i] = now;
  }
}

/// What we think we own against what the rows say. A row that is ours unknown to us: the answer to a claim was lost.
void shard_keeper::settle(const cluster_view& view) {
  std::vector<int> lost;
  std::vector<owned_shard> found;
  for (const auto& row : view.shards) {
    const auto known = owned_.find(row.shard);
    const bool is_ours = row.owner == me_;
    if (known != owned_.end() && (!is_ours || known->second != row.epoch)) {
      const auto going = leaving_.find(row.shard);
      if (going == leaving_.end() || !going->second.stopped) // else it is the answer to the release that was lost
        lost.push_back(row.shard);
      forget(row.shard);
    }
    if (is_ours && owned_.emplace(row.shard, row.epoch).second)
      found.push_back({row.shard, row.epoch});
  }
  if (!lost.empty())
    tell(parts_.hooks.lost, std::move(lost));
  if (!found.empty())
    tell(parts_.hooks.claimed, std::move(found));
}

void shard_keeper::forget(int shard) {
  owned_.erase(shard);
  leaving_.erase(shard);
}

void shard_keeper::lose_all() {
  std::vector<int> lost;
  for (const auto& [shard, epoch] : owned_)
    lost.push_back(shard);
  owned_.clear(), leaving_.clear();
  if (!lost.empty())
    tell(parts_.hooks.lost, std::move(lost));
  show();
}

bool shard_keeper::is_busy() const {
  return !leaving_.empty() || !view_ || std::any_of(view_->shards.begin(), view_->shards.end(), [](const auto& row) {
    return !row.owner.has_value();
  });
}

void shard_keeper::act(bool may_act) {
  if (!view_)
    return;
  release_stopped();
  if (!may_act)
    return;
  evict_expired();
  plan_input in{*view_, me_, parts_.clock.steady(), quiet_since_, free_since_, {}, moved_in_window()};
  for (const auto& [shard, how] : leaving_)
    in.leaving.insert(shard);
  const auto plan = plan_shards(in, parts_.plan);
  claim(plan.claim);
  begin_release(plan.release);
  show();
}

int shard_keeper::moved_in_window() {
  const auto now = parts_.clock.steady();
  while (!moved_.empty() && now.ms - moved_.front().first.ms >= parts_.plan.window.count())
    moved_.pop_front();
  int sum = 0;
  for (const auto& [when, count] : moved_)
    sum += count;
  return sum;
}

void shard_keeper::evict_expired() {
  for (const auto& one : view_->members) {
    if (one.incarnation == me_ || !is_live(one.status) || one.lease_remaining.count() > 0)
      continue;
    const auto evicted = parts_.store.evict(me_, one.incarnation, parts_.ttl);
    if (!evicted) {
      warn("evicting a node", evicted.error());
    } else if (*evicted) {
      evictions.add();
      log::error(log::no_request, "node {} (incarnation {}) at {} has not renewed its lease and is declared dead",
                 one.name, one.incarnation, one.address);
      parts_.wake(); // what it had is free in the next view
    }
  }
}

void shard_keeper::claim(const std::vector<owned_shard>& wanted) {
  if (wanted.empty())
    return;
  auto ours = parts_.store.claim(me_, wanted);
  if (!ours)
    return warn("claiming shards", ours.error()); // if it happened all the same, the next view says so
  if (ours->empty())
    return;
  for (const auto& one : *ours)
    owned_[one.shard] = one.epoch;
  tell(parts_.hooks.claimed, std::move(*ours));
}

void shard_keeper::begin_release(const std::vector<owned_shard>& given) {
  std::vector<owned_shard> ours;
  std::vector<int> shards;
  for (const auto& one : given) {
    const auto known = owned_.find(one.shard);
    if (known == owned_.end() || known->second != one.epoch)
      continue;
    ours.push_back(one), shards.push_back(one.shard);
    leaving_[one.shard] = {parts_.clock.steady()};
  }
  if (ours.empty())
    return;
  if (view_->find(me_)->status == core::node_status::active)
    moved_.emplace_back(parts_.clock.steady(), static_cast<int>(ours.size()));
  if (auto said = parts_.store.announce_release(me_, ours); !said)
    warn("announcing a release", said.error()); // only to be seen
  const auto stopped = [box = stopped_, wake = parts_.wake, ours] {
    {
      const std::lock_guard held(box->lock);
      box->shards.insert(box->shards.end(), ours.begin(), ours.end());
    }
    wake();
  };
  if (parts_.hooks.about_to_release)
    parts_.hooks.about_to_release(shards, stopped);
  else
    stopped();
}

void shard_keeper::release_stopped() {
  {
    const std::lock_guard held(stopped_->lock);
    for (const auto& one : std::exchange(stopped_->shards, {}))
      if (const auto going = leaving_.find(one.shard); going != leaving_.end() && owned_.at(one.shard) == one.epoch)
        going->second.stopped = true;
  }
  std::vector<owned_shard> ready;
  for (const auto& [shard, how] : leaving_)
    if (how.stopped)
      ready.push_back({shard, owned_.at(shard)});
  if (ready.empty())
    return;
  const auto gone = parts_.store.release(me_, ready);
  if (!gone)
    return warn("releasing shards", gone.error());
  for (const int shard : *gone) { // the others are still written to: again in the next round
    transfer_seconds.observe(static_cast<double>(parts_.clock.steady().ms - leaving_.at(shard).since.ms) / 1000);
    forget(shard);
  }
}

void shard_keeper::show() {
  shards_owned.set(static_cast<int64_t>(owned_.size()));
  int64_t longest = 0;
  for (const auto& row : view_ ? view_->shards : std::vector<core::shard_row>())
    if (!row.owner)
      longest = std::max(longest, parts_.clock.steady().ms - free_since_[static_cast<size_t>(row.shard)].ms);
  unowned_seconds.set(longest / 1000);
  if (view_)
    view_version.set(view_->version);
}

} // namespace trunkline::cluster

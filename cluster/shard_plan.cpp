#include "cluster/shard_plan.hpp"

#include <algorithm>
#include <charconv>

namespace trunkline::cluster {

namespace {

using core::member;
using core::node_status;

bool has_waited(core::steady_time since, core::steady_time now, plan_settings::ms time) {
  return now.ms - since.ms >= time.count();
}

/// Free shards that are ours to take by now.
std::vector<core::owned_shard> claims(const plan_input& in, const plan_settings& settings) {
  std::vector<core::owned_shard> wanted;
  const auto candidates = candidates_of(in.view);
  for (const auto& row : in.view.shards) {
    if (row.owner)
      continue;
    const auto wish = wish_for(row.shard, candidates);
    const auto since = in.free_since[static_cast<size_t>(row.shard)];
    const bool is_ours = wish.first != nullptr && wish.first->incarnation == in.me;
    const bool is_next = wish.second != nullptr && wish.second->incarnation == in.me &&
                         has_waited(since, in.now, settings.runner_up_after);
    if (is_ours || is_next || has_waited(since, in.now, settings.anybody_after))
      wanted.push_back({row.shard, row.epoch});
  }
  return wanted;
}

std::vector<core::owned_shard> batch_of_a_drain(const plan_input& in, const plan_settings& settings) {
  std::vector<core::owned_shard> batch;
  if (!in.leaving.empty()) // one batch after the other
    return batch;
  for (const auto& row : in.view.shards)
    if (row.owner == in.me && static_cast<int>(batch.size()) < settings.drain_batch)
      batch.push_back({row.shard, row.epoch});
  return batch;
}

bool may_move(const plan_input& in, const plan_settings& settings) {
  if (!has_waited(in.quiet_since, in.now, settings.quiet))
    return false;
  const std::string* version = nullptr;
  for (const auto& one : in.view.members) {
    if (!is_live(one.status))
      continue;
    // Somebody who is late may be gone, and who joins or drains is about to change what is wished for.
    if (one.status != node_status::active || one.lease_remaining.count() <= 0)
      return false;
    if (version != nullptr && *version != one.app_version)
      return false;
    version = &one.app_version;
  }
  return true;
}

std::vector<core::owned_shard> moves(const plan_input& in, const plan_settings& settings) {
  std::vector<core::owned_shard> given;
  if (!may_move(in, settings))
    return given;
  const auto most = core::shard_count / 10 - in.moved_in_window;
  const auto candidates = candidates_of(in.view);
  for (const auto& row : in.view.shards) {
    if (static_cast<int>(given.size()) >= most)
      break;
    if (row.owner != in.me || in.leaving.contains(row.shard))
      continue;
    const auto wish = wish_for(row.shard, candidates);
    if (wish.first != nullptr && wish.first->incarnation != in.me)
      given.push_back({row.shard, row.epoch});
  }
  return given;
}

} // namespace

shard_plan plan_shards(const plan_input& in, const plan_settings& settings) {
  const auto* self = in.view.find(in.me);
  if (self == nullptr)
    return {};
  if (self->status == node_status::draining)
    return {{}, batch_of_a_drain(in, settings)};
  if (self->status != node_status::active)
    return {};
  return {claims(in, settings), moves(in, settings)};
}

std::vector<candidate> candidates_of(const core::cluster_view& view) {
  const member* newest = nullptr;
  for (const auto& one : view.members)
    if (one.status == node_status::active &&
        (newest == nullptr || is_older_version(newest->app_version, one.app_version)))
      newest = &one;
  std::vector<candidate> all;
  for (const auto& one : view.members)
    if (one.status == node_status::active && one.app_version == newest->app_version)
      all.push_back({one.name, one.weight, one.incarnation});
  return all;
}

bool is_older_version(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    unsigned long x = 0, y = 0;
    const auto read_a = std::from_chars(a.data(), a.data() + a.size(), x);
    const auto read_b = std::from_chars(b.data(), b.data() + b.size(), y);
    if (read_a.ec != std::errc() || read_b.ec != std::errc())
      break;
    if (x != y)
      return x < y;
    a.remove_prefix(static_cast<size_t>(read_a.ptr - a.data()));
    b.remove_prefix(static_cast<size_t>(read_b.ptr - b.data()));
    if (a.empty() || b.empty() || a.front() != '.' || b.front() != '.')
      break;
    a.remove_prefix(1), b.remove_prefix(1);
  }
  const bool a_comes_before = a.starts_with('-'), b_comes_before = b.starts_with('-'); // of a release, as in semver.org
  return a_comes_before != b_comes_before ? a_comes_before : a < b;
}

} // namespace trunkline::cluster

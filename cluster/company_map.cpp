#include "cluster/company_map.hpp"

#include "actors/edge_answer.hpp"
#include "cluster/codec.hpp"
#include "cluster/rendezvous.hpp"
#include "core/metrics.hpp"

namespace trunkline::cluster {

namespace {

constexpr std::chrono::milliseconds patience_with_owner{1'000};
constexpr std::string_view metric = "trunkline_forwarded_webhooks_total", help = "Webhooks of companies of other nodes";
core::counter by_owner(metric, help, "answered_by", "owner");
core::counter by_us(metric, help, "answered_by", "us");
core::counter by_nobody(metric, help, "answered_by", "nobody");

/// It is the owner no more, or its way to the database is broken, which says nothing of ours.
bool may_be_done_here(core::ec code) { return code == core::ec::not_ready || code == core::ec::database_unavailable; }

size_t index_of(const core::tenant_id& company) { return static_cast<size_t>(shard_of(company)); }

} // namespace

bool company_map::is_here(const core::tenant_id& company) const {
  return epoch_here_[index_of(company)].load(std::memory_order_acquire) != 0;
}

std::optional<core::owned_shard> company_map::mine(const core::tenant_id& company) const {
  const auto epoch = epoch_here_[index_of(company)].load(std::memory_order_acquire);
  return epoch == 0 ? std::nullopt : std::optional(core::owned_shard{shard_of(company), epoch});
}

bool company_map::may_send(const core::owned_shard& right) const {
  return epoch_here_[static_cast<size_t>(right.shard)].load(std::memory_order_acquire) == right.epoch && lease_holds_ &&
         lease_holds_();
}

int company_map::owner_of(const core::tenant_id& company) const {
  return owner_[index_of(company)].load(std::memory_order_acquire);
}

/// An owner that can not be reached costs the caller nothing, a silent one a second: then it is decided here, and
/// stored under the same key, so that whichever decision was first is the answer.
void company_map::forward(actors::webhook_job job) {
  const auto owner = owner_of(job.key.tenant);
  auto payload = encode_webhook(job);
  const auto kept = std::make_shared<actors::webhook_job>(std::move(job));
  const auto heard = [this, kept](const core::expected<std::string>& said) {
    if (!said)
      return owner_failed(kept, said.error());
    auto outcome = decode_outcome(*said);
    if (!outcome && may_be_done_here(outcome.error().code))
      return owner_failed(kept, outcome.error());
    by_owner.add();
    kept->reply(std::move(outcome));
  };
  if (owner == 0)
    return owner_failed(kept, {core::ec::not_ready, {}, {}, {}});
  others_->ask(owner, {"webhook", std::move(payload), patience_with_owner, actors::reply<std::string>(heard)}, true);
}

void company_map::owner_failed(const actors::job_ptr& job, const core::error& why) {
  if (job->reply.settled())
    return;
  const bool slow = why.code == core::ec::overloaded;
  if (slow && for_slow_owners_.fetch_add(1) >= most_for_slow_owners) {
    --for_slow_owners_;
    by_nobody.add();
    return job->reply(core::fail(why));
  }
  by_us.add();
  if (slow) // until it is answered
    job->reply = actors::webhook_reply([this, asker = job->reply](auto outcome) {
      --for_slow_owners_;
      asker(std::move(outcome));
    });
  actors::answer_without_actor(node_, job, actors::decide_at_the_edge);
}

void company_map::follow(const core::cluster_view& view, int me) {
  for (const auto& row : view.shards) {
    const auto index = static_cast<size_t>(row.shard);
    owner_[index].store(row.owner.value_or(0), std::memory_order_release);
    if (row.owner != me)
      epoch_here_[index].store(0, std::memory_order_release);
  }
}

void company_map::have(const std::vector<core::owned_shard>& ours) {
  for (const auto& one : ours)
    epoch_here_[static_cast<size_t>(one.shard)].store(one.epoch, std::memory_order_release);
}

void company_map::have_not(const std::vector<int>& shards) {
  for (const auto shard : shards)
    epoch_here_[static_cast<size_t>(shard)].store(0, std::memory_order_release);
}

int company_map::shards_here() const {
  int count = 0;
  for (const auto& epoch : epoch_here_)
    count += epoch.load(std::memory_order_relaxed) != 0 ? 1 : 0;
  return count;
}

} // namespace trunkline::cluster

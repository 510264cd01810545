#pragma once

#include "actors/services.hpp"
#include "actors/unstored_quarantines.hpp"
#include "actors/usage_order.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>

namespace trunkline::actors {

/// SHARDS promises: a company that may run gets an actor on first use; one that crashes gets another after a back-off,
/// and after five crashes in a minute none at all until it is released. Meanwhile its webhooks are still stored and
/// answered, with the safe chain. Of more companies than the limit, the longest unused go; only if all that it looks at
/// have webhooks in flight, the limit gives way for a while.
struct shards_state {
  static inline constexpr auto name = "shards";
  /// How many companies it looks at for one that goes: what a new one costs does not depend on how many there are.
  static constexpr size_t looks = 32;

  /// Companies that another node is to have, as long as one of them runs here.
  struct departure {
    std::set<core::tenant_id> running;
    core::steady_time until;
    reply<void> left;
  };

  // -- what it does
  void handle(job_ptr job);
  void handle_again(const job_ptr& job);
  void answer_with_safe_chain(const job_ptr& job);
  void release(const release_quarantine& question);
  void lifted(const quarantine_lifted& news);
  void wake(const core::tenant_id& tenant);
  void forget(const core::tenant_id& tenant);
  void passivate_idle();
  void down(const caf::down_msg& msg);
  void leave(const leave_companies& order);
  void look_for_left();

  /// Its actor, if it runs; a back-off that has passed ends here.
  std::pair<tenant_phase, tenant_actor> standing_of(const core::tenant_id& tenant);
  tenant_actor activate(const core::tenant_id& tenant);
  tenant_actor spawn_tenant(tenant_slot& slot);
  void make_room(size_t coming, size_t at_most);
  void passivate(tenant_slot& which);
  void forget_idle_elsewhere(int64_t idle_since_ms);
  void end_tenant(tenant_slot& slot);
  void crashed(const core::tenant_id& tenant, const caf::actor_addr& source, const caf::error& reason);
  void quarantine(const core::tenant_id& tenant, const std::string& why);
  core::author by_node() const;
  void store_quarantine(const core::tenant_id& tenant);
  void store_quarantines_again();

  // -- what it remembers
  shards_actor::pointer self = nullptr;
  std::shared_ptr<const services> node;
  std::shared_ptr<vitals> pulse;
  std::map<caf::actor_addr, core::tenant_id> running;
  usage_order by_use;
  std::list<departure> departures;
  std::shared_ptr<unstored_quarantines> unstored = std::make_shared<unstored_quarantines>();
};

shards_actor::behavior_type shards(shards_actor::stateful_pointer<shards_state> self,
                                   std::shared_ptr<const services> node, std::shared_ptr<vitals> pulse);

} // namespace trunkline::actors

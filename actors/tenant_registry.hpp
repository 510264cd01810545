#pragma once

#include "actors/interfaces.hpp"
#include "actors/restart_policy.hpp"
#include "actors/vitals.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace trunkline::actors {

enum class tenant_phase : uint8_t { passive, running, backoff, quarantined };

/// What is remembered of a company that has been used at least once; a slot is never removed, so a pointer to it stays
/// good.
struct tenant_slot {
  struct crash_record {
    restart_policy policy;
    actors::last_error last_error;
  };

  core::tenant_id id;
  std::atomic<uint32_t> in_flight{0};   ///< webhooks between the door and their answer
  std::atomic<int64_t> last_used_ms{0}; ///< of the steady clock
  int64_t known_use_ms = 0;             ///< SHARDS alone: where it stands in the usage_order
  // Guarded by the lock of the stripe:
  tenant_phase phase = tenant_phase::passive;
  tenant_actor actor;
  core::timestamp started_at;
  int64_t config_version = 0;            ///< of the newest configuration that was published on this node
  profile_ptr profile;                   ///< the last one loaded: what the safe chain is answered from
  std::unique_ptr<crash_record> crashes; ///< most companies never have any
};

/// Which companies run here and how they are. The front end reads it on every webhook; only SHARDS writes phases.
class tenant_registry {
public:
  static constexpr size_t stripe_count = 256;
  static size_t stripe_of(const core::tenant_id& id);

  struct entry {
    tenant_actor actor; ///< null: not running, ask SHARDS
    ticket in_flight;
  };

  /// The company's actor if it runs. The ticket keeps it from being passivated before the webhook arrives there.
  entry enter(const core::tenant_id& id, core::steady_time now);

  /// Calls `use` with the slot under its stripe's lock; makes the slot if there is none.
  void with_slot(const core::tenant_id& id, const std::function<void(tenant_slot&)>& use);

  /// Calls `use` with every slot, a stripe at a time under its lock.
  void for_each(const std::function<void(tenant_slot&)>& use);

  /// How many run, at a glance: not exact while they come and go.
  size_t running();

private:
  struct stripe {
    std::mutex lock;
    std::unordered_map<core::tenant_id, std::unique_ptr<tenant_slot>> slots;
  };

  static tenant_slot& slot_in(stripe& s, const core::tenant_id& id);

  std::array<stripe, stripe_count> stripes_;
};

} // namespace trunkline::actors

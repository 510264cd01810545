#include "actors/tenant_registry.hpp"

#include <xxhash.h>

namespace trunkline::actors {

size_t tenant_registry::shard_of(const core::tenant_id& id) {
  return XXH3_64bits(id.value.data(), id.value.size()) % shard_count;
}

tenant_slot& tenant_registry::slot_in(shard& s, const core::tenant_id& id) {
  auto& slot = s.slots[id];
  if (!slot) {
    slot = std::make_unique<tenant_slot>();
    slot->id = id;
  }
  return *slot;
}

tenant_registry::entry tenant_registry::enter(const core::tenant_id& id, core::steady_time now) {
  auto& shard = shards_[shard_of(id)];
  std::lock_guard held(shard.lock);
  auto& slot = slot_in(shard, id);
  slot.last_used_ms.store(now.ms, std::memory_order_relaxed);
  return {slot.phase == tenant_phase::running ? slot.actor : tenant_actor{}, ticket(&slot.in_flight)};
}

void tenant_registry::with_slot(const core::tenant_id& id, const std::function<void(tenant_slot&)>& use) {
  auto& shard = shards_[shard_of(id)];
  std::lock_guard held(shard.lock);
  use(slot_in(shard, id));
}

void tenant_registry::for_each(const std::function<void(tenant_slot&)>& use) {
  for (auto& shard : shards_) {
    std::lock_guard held(shard.lock);
    for (auto& [id, slot] : shard.slots)
      use(*slot);
  }
}

size_t tenant_registry::running() {
  size_t count = 0;
  for_each([&](const tenant_slot& slot) { count += slot.phase == tenant_phase::running ? 1 : 0; });
  return count;
}

} // namespace trunkline::actors

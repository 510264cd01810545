#include "actors/tenant_registry.hpp"

#include <xxhash.h>

namespace trunkline::actors {

size_t tenant_registry::stripe_of(const core::tenant_id& id) {
  return XXH3_64bits(id.value.data(), id.value.size()) % stripe_count;
}

tenant_slot& tenant_registry::slot_in(stripe& s, const core::tenant_id& id) {
  auto& slot = s.slots[id];
  if (!slot) {
    slot = std::make_unique<tenant_slot>();
    slot->id = id;
  }
  return *slot;
}

tenant_registry::entry tenant_registry::enter(const core::tenant_id& id, core::steady_time now) {
  auto& one = stripes_[stripe_of(id)];
  std::lock_guard held(one.lock);
  auto& slot = slot_in(one, id);
  slot.last_used_ms.store(now.ms, std::memory_order_relaxed);
  return {slot.phase == tenant_phase::running ? slot.actor : tenant_actor{}, ticket(&slot.in_flight)};
}

void tenant_registry::with_slot(const core::tenant_id& id, const std::function<void(tenant_slot&)>& use) {
  auto& one = stripes_[stripe_of(id)];
  std::lock_guard held(one.lock);
  use(slot_in(one, id));
}

void tenant_registry::for_each(const std::function<void(tenant_slot&)>& use) {
  for (auto& one : stripes_) {
    std::lock_guard held(one.lock);
    for (auto& [id, slot] : one.slots)
      use(*slot);
  }
}

size_t tenant_registry::running() {
  size_t count = 0;
  for_each([&](const tenant_slot& slot) { count += slot.phase == tenant_phase::running ? 1 : 0; });
  return count;
}

} // namespace trunkline::actors

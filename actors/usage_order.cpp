#include "actors/usage_order.hpp"

namespace trunkline::actors {

void usage_order::put(tenant_slot& slot, int64_t used_ms) {
  remove(slot);
  slot.known_use_ms = used_ms;
  order_.emplace(used_ms, &slot);
}

void usage_order::remove(tenant_slot& slot) { order_.erase({slot.known_use_ms, &slot}); }

tenant_slot* usage_order::longest_unused(core::steady_time now, int64_t until_ms, size_t looks) {
  tenant_slot* best = nullptr;
  for (; looks > 0 && !order_.empty() && order_.begin()->first <= until_ms; --looks) {
    auto& slot = *order_.begin()->second;
    const bool busy = slot.in_flight.load(std::memory_order_acquire) != 0;
    const auto used = busy ? now.ms : slot.last_used_ms.load(std::memory_order_relaxed);
    if (!busy && used <= slot.known_use_ms)
      return &slot;
    put(slot, used);
    if (!busy && used <= until_ms && (!best || used < best->known_use_ms))
      best = &slot;
  }
  return best;
}

} // namespace trunkline::actors

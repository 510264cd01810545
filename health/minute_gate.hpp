#pragma once

#include "core/clock.hpp"

#include <atomic>
#include <limits>

namespace trunkline::health {

/// Counts what anybody can make happen as often as he likes and lets it be told once a minute. Lock-free.
class minute_gate {
public:
  static constexpr int64_t minute_ms = 60'000;

  /// How often it has happened since it was last told, if it is to be told now; 0 otherwise.
  int64_t pass(core::timestamp now) {
    seen_.fetch_add(1, std::memory_order_relaxed);
    auto last = told_at_.load(std::memory_order_relaxed);
    const bool early = last != never && now.ms - last < minute_ms;
    if (early || !told_at_.compare_exchange_strong(last, now.ms, std::memory_order_relaxed))
      return 0;
    return seen_.exchange(0, std::memory_order_relaxed);
  }

private:
  static constexpr int64_t never = std::numeric_limits<int64_t>::min();
  std::atomic<int64_t> told_at_{never}, seen_{0};
};

} // namespace trunkline::health

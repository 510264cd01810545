#pragma once

#include "core/clock.hpp"

#include <deque>

namespace trunkline::actors {

/// When a crashed TENANT may run again: at once it may not, 100 ms after the first crash, then doubling up to 30 s.
/// Five crashes within 60 s and it is quarantined until an operator releases it [R2].
class restart_policy {
public:
  static constexpr int64_t window_ms = 60'000;
  static constexpr size_t crashes_to_quarantine = 5;
  static constexpr int64_t first_delay_ms = 100;
  static constexpr int64_t longest_delay_ms = 30'000;

  enum class verdict { back_off, quarantine };

  verdict crashed(core::steady_time now);
  bool may_run(core::steady_time now) const { return now >= not_before_; }
  uint64_t crashes() const { return total_; }
  void release() { recent_.clear(), not_before_ = {}; }

private:
  std::deque<core::steady_time> recent_; ///< within the window, oldest first
  core::steady_time not_before_;
  uint64_t total_ = 0;
};

} // namespace trunkline::actors

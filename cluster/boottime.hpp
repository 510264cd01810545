#pragma once

#include "core/clock.hpp"

namespace trunkline::cluster {

/// Durations on CLOCK_BOOTTIME, which goes on while the machine is suspended: CLOCK_MONOTONIC, which
/// std::chrono::steady_clock is, would let a node believe in its lease after an hour in a closed laptop.
class boottime_clock final : public core::clock {
public:
  core::timestamp now() const override;
  core::steady_time steady() const override;
};

} // namespace trunkline::cluster

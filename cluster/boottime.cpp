#include "cluster/boottime.hpp"

#include <ctime>

namespace trunkline::cluster {

core::timestamp boottime_clock::now() const { return core::system_clock().now(); }

core::steady_time boottime_clock::steady() const {
  timespec at{};
  ::clock_gettime(CLOCK_BOOTTIME, &at);
  return {int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000};
}

} // namespace trunkline::cluster

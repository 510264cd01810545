#include "actors/restart_policy.hpp"

#include <algorithm>

namespace trunkline::actors {

restart_policy::verdict restart_policy::crashed(core::steady_time now) {
  ++total_;
  recent_.push_back(now);
  while (recent_.front().ms <= now.ms - window_ms)
    recent_.pop_front();
  if (recent_.size() >= crashes_to_quarantine)
    return verdict::quarantine;
  const auto delay = std::min(longest_delay_ms, first_delay_ms << (recent_.size() - 1));
  not_before_ = {now.ms + delay};
  return verdict::back_off;
}

} // namespace trunkline::actors

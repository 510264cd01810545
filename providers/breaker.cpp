#include "providers/breaker.hpp"

#include <algorithm>

namespace trunkline::providers {

bool breaker::admit(core::timestamp now) {
  if (phase_ == phase::closed)
    return true;
  if (now < until_)
    return false;
  phase_ = phase::half_open;
  until_ = {now.ms + probe_ms};
  return true;
}

bool breaker::failed(core::timestamp now, double chance) {
  if (phase_ == phase::open) // asked before it opened
    return false;
  if (phase_ == phase::closed && ++failures_ < failures_to_open)
    return false;
  constexpr int enough = 5; // doublings until the longest
  const auto up_to = std::min(longest_ms, 2 * shortest_ms << std::min(opened_, enough));
  ++opened_;
  phase_ = phase::open;
  until_ = {now.ms + shortest_ms + static_cast<int64_t>(chance * static_cast<double>(up_to - shortest_ms))};
  return true;
}

std::chrono::milliseconds breaker::wait(core::timestamp now) const {
  return std::chrono::milliseconds(phase_ == phase::closed ? 0 : std::max<int64_t>(0, until_.ms - now.ms));
}

bool breaker_table::admit(const std::string& account, core::timestamp now) {
  const auto found = failing_.find(account);
  return found == failing_.end() || found->second.admit(now);
}

bool breaker_table::failed(const std::string& account, core::timestamp now, double chance) {
  if (failing_.size() >= most_ && !failing_.contains(account))
    failing_.erase(failing_.begin());
  return failing_[account].failed(now, chance);
}

std::chrono::milliseconds breaker_table::wait(const std::string& account, core::timestamp now) const {
  const auto found = failing_.find(account);
  return found == failing_.end() ? std::chrono::milliseconds(0) : found->second.wait(now);
}

} // namespace trunkline::providers

#include "http/guess_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace trunkline::http {

namespace {

constexpr size_t most = 10'000;

} // namespace

int guess_limiter::take(std::string_view who, core::timestamp now) {
  std::lock_guard held(lock_);
  make_room(now);
  auto& [left, at] = buckets_.try_emplace(std::string(who), bucket{burst_, now}).first->second;
  left = std::min(burst_, left + static_cast<double>(std::max<int64_t>(0, now.ms - at.ms)) * per_ms_);
  at = now;
  if (left < 1)
    return static_cast<int>(std::ceil((1 - left) / per_ms_ / 1000));
  left -= 1;
  return 0;
}

void guess_limiter::give_back(std::string_view who) {
  std::lock_guard held(lock_);
  if (const auto found = buckets_.find(std::string(who)); found != buckets_.end())
    found->second.left = std::min(burst_, found->second.left + 1);
}

/// Whoever has all his tokens again is as good as unknown. If all the others are guessing, the oldest guess goes.
void guess_limiter::make_room(core::timestamp now) {
  if (buckets_.size() < most)
    return;
  std::erase_if(buckets_, [&](const auto& entry) {
    const auto& [left, at] = entry.second;
    return left + static_cast<double>(now.ms - at.ms) * per_ms_ >= burst_;
  });
  if (buckets_.size() >= most)
    buckets_.erase(std::min_element(buckets_.begin(), buckets_.end(),
                                    [](const auto& a, const auto& b) { return a.second.at < b.second.at; }));
}

std::string guesser(std::string_view address) {
  if (std::count(address.begin(), address.end(), ':') < 2)
    return std::string(address);
  size_t end = 0;
  for (int groups = 0; groups < 4 && end < address.size(); ++end)
    groups += address[end] == ':' ? 1 : 0;
  return std::string(address.substr(0, end));
}

} // namespace trunkline::http

#include "sim/timer_queue.hpp"

#include <algorithm>

namespace trunkline::sim {

bool timer_queue::after(std::chrono::milliseconds delay, std::function<void()> work) {
  if (jobs_.size() >= most)
    return false;
  jobs_.push_back({clock::now() + delay, ++last_order_, std::move(work)});
  std::push_heap(jobs_.begin(), jobs_.end());
  arm();
  return true;
}

void timer_queue::arm() {
  if (jobs_.empty() || jobs_.front().at >= armed_for_)
    return;
  armed_for_ = jobs_.front().at;
  timer_.expires_at(armed_for_); // cancels the wait that was armed for later
  timer_.async_wait([this](const boost::system::error_code& failure) {
    if (!failure)
      run_due();
  });
}

void timer_queue::run_due() {
  armed_for_ = clock::time_point::max();
  const auto now = clock::now();
  while (!jobs_.empty() && jobs_.front().at <= now) {
    std::pop_heap(jobs_.begin(), jobs_.end());
    const auto next = std::move(jobs_.back());
    jobs_.pop_back();
    next.work();
  }
  arm();
}

} // namespace trunkline::sim

#include "sim/timer_queue.hpp"

namespace trunkline::sim {

bool timer_queue::after(std::chrono::milliseconds delay, std::function<void()> work) {
  if (jobs_.size() >= most)
    return false;
  jobs_.push({clock::now() + delay, ++last_order_, std::move(work)});
  arm();
  return true;
}

void timer_queue::arm() {
  if (jobs_.empty() || jobs_.top().at >= armed_for_)
    return;
  armed_for_ = jobs_.top().at;
  timer_.expires_at(armed_for_); // cancels the wait that was armed for later
  timer_.async_wait([this](const boost::system::error_code& failure) {
    if (!failure)
      run_due();
  });
}

void timer_queue::run_due() {
  armed_for_ = clock::time_point::max();
  const auto now = clock::now();
  while (!jobs_.empty() && jobs_.top().at <= now) {
    auto work = std::move(const_cast<job&>(jobs_.top()).work); // the order does not look at it
    jobs_.pop();
    work();
  }
  arm();
}

} // namespace trunkline::sim

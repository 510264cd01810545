#include "persistence/watchdog.hpp"

#include <algorithm>

namespace trunkline::persistence {

watchdog::watchdog() : thread_([this] { keep_watch(); }) {}

watchdog::~watchdog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

watchdog::guard::guard(watchdog& owner, time_point deadline, std::function<void()> cut) : owner_(owner) {
  bool sooner = false;
  {
    std::lock_guard lock(owner_.mutex_);
    id_ = owner_.next_id_++;
    owner_.watches_.emplace(id_, watch{deadline, std::move(cut)});
    // Deadlines mostly come in order, so that the thread is woken about once per deadline, not once per statement.
    sooner = deadline < owner_.wakes_at_;
  }
  if (sooner)
    owner_.changed_.notify_one();
}

watchdog::guard::~guard() {
  // The lock also waits for a cut that is going on: after this nobody touches the connection from outside.
  std::lock_guard lock(owner_.mutex_);
  owner_.watches_.erase(id_);
}

bool watchdog::guard::fired() const {
  std::lock_guard lock(owner_.mutex_);
  return owner_.watches_.at(id_).fired;
}

void watchdog::keep_watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wakes_at_ = cut_the_late(std::chrono::steady_clock::now());
    if (wakes_at_ == time_point::max())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, wakes_at_);
  }
}

watchdog::time_point watchdog::cut_the_late(time_point now) {
  auto next = time_point::max();
  for (auto& [id, watch] : watches_) {
    if (watch.fired)
      continue;
    if (watch.deadline <= now) {
      watch.fired = true;
      watch.cut();
    } else {
      next = std::min(next, watch.deadline);
    }
  }
  return next;
}

} // namespace trunkline::persistence

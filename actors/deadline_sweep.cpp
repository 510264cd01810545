#include "actors/deadline_sweep.hpp"

#include <algorithm>

namespace trunkline::actors {

deadline_sweep::deadline_sweep(std::chrono::milliseconds patience)
    : patience_(patience), tick_(std::max<std::chrono::milliseconds>(patience / 20, std::chrono::milliseconds(10))) {
  thread_ = std::thread([this] {
    std::unique_lock held(lock_);
    while (!stopping_) {
      wake_.wait_for(held, tick_, [this] { return stopping_; });
      held.unlock();
      sweep(std::chrono::steady_clock::now());
      held.lock();
    }
  });
}

deadline_sweep::~deadline_sweep() {
  {
    std::lock_guard held(lock_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void deadline_sweep::watch(std::weak_ptr<expirable> question, time_point asked_at) {
  std::lock_guard held(lock_);
  if (buckets_.empty() || asked_at - buckets_.back().begun >= tick_)
    buckets_.push_back({asked_at, {}});
  buckets_.back().questions.push_back(std::move(question));
}

void deadline_sweep::sweep(time_point now) {
  std::vector<bucket> over;
  {
    std::lock_guard held(lock_);
    while (!buckets_.empty() && now - buckets_.front().begun >= patience_ + tick_) {
      over.push_back(std::move(buckets_.front()));
      buckets_.pop_front();
    }
  }
  for (const auto& bucket : over)
    for (const auto& question : bucket.questions)
      if (const auto alive = question.lock())
        alive->expire();
}

} // namespace trunkline::actors

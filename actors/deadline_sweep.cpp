#include "actors/deadline_sweep.hpp"

#include <algorithm>
#include <vector>

namespace trunkline::actors {

void expirable::stop_watching() {
  if (auto* sweep = watched_by_.load(std::memory_order_acquire))
    sweep->leave(*this);
}

deadline_sweep::deadline_sweep(std::chrono::milliseconds patience) : patience_(patience) {
  const auto look_every = std::max<std::chrono::milliseconds>(patience / 20, std::chrono::milliseconds(10));
  thread_ = std::thread([this, look_every] {
    std::unique_lock held(lock_);
    while (!wake_.wait_for(held, look_every, [this] { return stopping_; })) {
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
  std::lock_guard held(lock_);
  while (oldest_)
    unlink(*oldest_);
}

void deadline_sweep::watch(const std::shared_ptr<expirable>& question, time_point asked_at) {
  if (!question)
    return;
  std::lock_guard held(lock_);
  question->asked_at_ = asked_at;
  question->before_ = newest_;
  question->after_ = nullptr;
  (newest_ ? newest_->after_ : oldest_) = question.get();
  newest_ = question.get();
  question->watched_by_.store(this, std::memory_order_release);
}

void deadline_sweep::leave(expirable& question) {
  std::lock_guard held(lock_);
  if (question.watched_by_.load(std::memory_order_relaxed) == this)
    unlink(question);
}

void deadline_sweep::unlink(expirable& question) {
  (question.before_ ? question.before_->after_ : oldest_) = question.after_;
  (question.after_ ? question.after_->before_ : newest_) = question.before_;
  question.watched_by_.store(nullptr, std::memory_order_release);
}

void deadline_sweep::sweep(time_point now) {
  std::vector<std::shared_ptr<expirable>> late;
  {
    std::lock_guard held(lock_);
    while (oldest_ && now - oldest_->asked_at_ >= patience_) {
      auto alive = oldest_->weak_from_this().lock(); // null: it is just going, waiting for our lock
      unlink(*oldest_);
      if (alive)
        late.push_back(std::move(alive));
    }
  }
  for (const auto& question : late)
    question->expire();
}

} // namespace trunkline::actors

#pragma once

#include "actors/reply.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace trunkline::actors {

/// One deadline for all questions of a node, kept by one thread: a question is looked at once, when its time is over.
/// All questions have the same patience, so the oldest is always at the front.
class deadline_sweep {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit deadline_sweep(std::chrono::milliseconds patience);
  ~deadline_sweep();

  void watch(std::weak_ptr<expirable> question) { watch(std::move(question), std::chrono::steady_clock::now()); }
  void watch(std::weak_ptr<expirable> question, time_point asked_at);

  /// Expires what was asked before now - patience. The thread calls it; tests may.
  void sweep(time_point now);

private:
  struct bucket {
    time_point begun;
    std::vector<std::weak_ptr<expirable>> questions;
  };

  const std::chrono::milliseconds patience_;
  const std::chrono::milliseconds tick_; ///< how late an expiry may be
  std::mutex lock_;
  std::condition_variable wake_;
  std::deque<bucket> buckets_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace trunkline::actors

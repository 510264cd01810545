#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace trunkline::actors {

class deadline_sweep;

/// Something that can be told that nobody will answer in time. While it is watched it hangs in the sweep's list, which
/// costs two pointers and no memory of its own.
class expirable : public std::enable_shared_from_this<expirable> {
public:
  expirable() = default;
  expirable(const expirable&) = delete;
  expirable& operator=(const expirable&) = delete;
  virtual ~expirable() { stop_watching(); }
  virtual void expire() = 0;

protected:
  void stop_watching();

private:
  friend class deadline_sweep;
  std::atomic<deadline_sweep*> watched_by_{nullptr};
  std::chrono::steady_clock::time_point asked_at_;
  expirable *before_ = nullptr, *after_ = nullptr;
};

/// One deadline for all questions of a node, kept by one thread. All questions have the same patience, so the oldest is
/// always at the front, and one that is answered leaves the list at once. Outlives what it watches.
class deadline_sweep {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit deadline_sweep(std::chrono::milliseconds patience);
  ~deadline_sweep();
  deadline_sweep(const deadline_sweep&) = delete;
  deadline_sweep& operator=(const deadline_sweep&) = delete;

  /// `question` may be null or answered already.
  void watch(const std::shared_ptr<expirable>& question) { watch(question, std::chrono::steady_clock::now()); }
  void watch(const std::shared_ptr<expirable>& question, time_point asked_at);

  /// Expires what was asked before now - patience. The thread calls it; tests may.
  void sweep(time_point now);

private:
  friend class expirable;
  void leave(expirable& question);
  void unlink(expirable& question);

  const std::chrono::milliseconds patience_;
  std::mutex lock_;
  std::condition_variable wake_;
  expirable *oldest_ = nullptr, *newest_ = nullptr;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace trunkline::actors

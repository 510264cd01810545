#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace trunkline::persistence {

/// Keeps the deadlines of everybody who is blocked in a database call: one thread that cuts the connection under those
/// who are late. A server that is frozen answers no timeout of its own, but its socket can be shut down from our side.
class watchdog {
public:
  using time_point = std::chrono::steady_clock::time_point;

  watchdog();
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// As long as it lives, its `cut` is called once if the deadline passes.
  class guard {
  public:
    guard(watchdog& owner, time_point deadline, std::function<void()> cut);
    ~guard();
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

    bool fired() const;

  private:
    watchdog& owner_;
    uint64_t id_;
  };

private:
  struct watch {
    time_point deadline;
    std::function<void()> cut;
    bool fired = false;
  };

  void keep_watch();
  time_point cut_the_late(time_point now);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, watch> watches_;
  uint64_t next_id_ = 0;
  time_point wakes_at_ = time_point::max();
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace trunkline::persistence

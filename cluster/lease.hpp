#pragma once

#include "core/clock.hpp"
#include "core/error.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>

namespace trunkline::cluster {

/// Keeps the lease of this run, on a plain thread, so that a busy scheduler does not make the node look dead; a
/// scheduler that does not run at all does, by `healthy`. Whoever is about to do something that only the owner of a
/// shard may do asks may_act() right before: by our own clock it turns false before the others may evict us.
class lease {
public:
  using ms = std::chrono::milliseconds;

  struct parts {
    /// Another TTL: the version of the view; nothing: this run is dead. Blocks a second at most.
    std::function<core::expected<std::optional<int64_t>>()> renew;
    /// Whether the canaries have answered; if not, the lease is left to run out. Not: whether the node is slow.
    std::function<bool()> healthy;
    /// After each renewal, with the version.
    std::function<void(int64_t)> renewed;
    /// Once, and never after stop() has returned: this run is dead and the process must end.
    std::function<void(std::string reason)> on_dead;
  };

  /// `joined`: the time of `clock` before the lease was asked for. `clock` is to be a boottime_clock.
  lease(ms ttl, parts with, const core::clock& clock, core::steady_time joined);
  ~lease();
  lease(const lease&) = delete;
  lease& operator=(const lease&) = delete;

  void start();
  void stop();

  /// Thread-safe, and cheap enough for every single effect.
  bool may_act() const { return clock_.steady().ms < deadline_.load(); }
  /// Until may_act() turns false by itself, at least 0.
  ms remaining() const;
  /// Somebody has read in a view that we are dead.
  void die(std::string reason);
  bool is_dead() const { return dead_; }
  /// No more acting, and nobody is told: this node leaves.
  void give_back();

  /// One round, as the thread does it: how long to wait before the next one.
  ms keep();

private:
  ms soon() const { return ttl_ / 20; }
  ms next_turn();
  void show_remaining() const;
  ms missed(const std::string& why);
  void run();

  static constexpr int64_t never = std::numeric_limits<int64_t>::min();

  const ms ttl_;
  const parts parts_;
  const core::clock& clock_;
  std::atomic<int64_t> deadline_; ///< of clock_, in ms
  std::atomic<bool> dead_{false};
  bool missed_ = false, stopped_acting_ = false; ///< what the log knows
  std::minstd_rand random_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace trunkline::cluster

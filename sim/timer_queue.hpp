#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace trunkline::sim {

/// Work to be done later, in order of its time, with one timer for all: a hundred thousand messages wait at once.
class timer_queue {
public:
  static constexpr size_t most = 1'000'000;

  explicit timer_queue(boost::asio::io_context& io) : timer_(io) {}

  /// False when too much is waiting.
  bool after(std::chrono::milliseconds delay, std::function<void()> work);

private:
  using clock = std::chrono::steady_clock;

  struct job {
    clock::time_point at;
    uint64_t order; ///< equal times keep their order
    std::function<void()> work;

    bool operator<(const job& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  void arm();
  void run_due();

  boost::asio::steady_timer timer_;
  std::vector<job> jobs_; ///< a heap, the next one in front
  uint64_t last_order_ = 0;
  clock::time_point armed_for_ = clock::time_point::max();
};

} // namespace trunkline::sim

#pragma once

#include "core/clock.hpp"

#include <algorithm>

namespace trunkline::core {

/// So many tokens a second, at most a second's worth (and never less than one whole message's) saved up. What is taken
/// may exceed what is there: then it is paid back before the next is given, so that a long message passes a slow lane.
class token_bucket {
public:
  token_bucket(double per_second, steady_time now) : rate_(per_second), tokens_(burst()), at_(now) {}

  /// Above 0: something may go now.
  double available(steady_time now) const {
    return std::min(burst(), tokens_ + rate_ * static_cast<double>(now.ms - at_.ms) / 1000);
  }
  void take(double tokens, steady_time now) {
    tokens_ = available(now) - tokens;
    at_ = now;
  }
  /// What was saved up or is owed stays.
  void set_rate(double per_second, steady_time now) {
    tokens_ = available(now);
    at_ = now;
    rate_ = per_second;
  }
  double rate() const { return rate_; }
  /// Milliseconds until something may go; 0 for now.
  int64_t wait_ms(steady_time now) const {
    const auto there = available(now);
    return there > 0 ? 0 : static_cast<int64_t>(-there / rate_ * 1000) + 1;
  }

private:
  double burst() const { return std::max(1.0, rate_); }

  double rate_, tokens_;
  steady_time at_;
};

} // namespace trunkline::core

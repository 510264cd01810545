#pragma once

#include "core/clock.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace trunkline::http {

/// Slows down whoever guesses credentials: a token bucket for everybody who is to be told apart (an address, a user's
/// name). Take one before a check that may fail, give it back when it did not. Thread-safe; remembers 10,000 of them.
class guess_limiter {
public:
  explicit guess_limiter(double burst = 30, double per_minute = 10) : burst_(burst), per_ms_(per_minute / 60'000) {}

  /// 0: go on. Otherwise how many seconds until the next try.
  int take(std::string_view who, core::timestamp now);
  void give_back(std::string_view who);

private:
  struct bucket {
    double left;
    core::timestamp at;
  };

  void make_room(core::timestamp now);

  const double burst_, per_ms_;
  std::mutex lock_;
  std::unordered_map<std::string, bucket> buckets_;
};

/// An address as guessing is counted for it: of IPv6 the first 64 bits, which one subscriber has for himself.
std::string guesser(std::string_view address);

} // namespace trunkline::http

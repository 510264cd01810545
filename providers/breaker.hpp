#pragma once

#include "core/clock.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace trunkline::providers {

/// Whether it makes sense to ask somebody who has just not answered. A value: no clock, no chance of its own.
///
///             five failures in a row              the back-off is over
///   closed ---------------------------> open ---------------------------> half open
///     ^                                   ^                                  |  |
///     |                                   '------------- failed -------------'  |
///     '--------------------------------- answered ------------------------------'
///
/// Half open, one question goes out; when nothing is heard of it for probe_ms, another one may. The back-off is a
/// random time from 1 s up to 2, 4, 8, 16 and then 30 s.
class breaker {
public:
  static constexpr int failures_to_open = 5;
  static constexpr int64_t shortest_ms = 1'000, longest_ms = 30'000, probe_ms = 15'000;

  /// Whether to ask now; if so, answered() or failed() is to follow.
  bool admit(core::timestamp now);
  void answered() { *this = {}; }
  /// `chance` is from [0, 1). True when this is what opens it.
  bool failed(core::timestamp now, double chance);
  /// How long until admit() may say yes; zero when it does.
  std::chrono::milliseconds wait(core::timestamp now) const;

private:
  enum class phase : uint8_t { closed, open, half_open };

  phase phase_ = phase::closed;
  int failures_ = 0; ///< in a row, while closed
  int opened_ = 0;   ///< in a row
  core::timestamp until_;
};

/// A breaker for each account that has just failed, for at most so many: when there is no room, another one starts
/// anew.
class breaker_table {
public:
  explicit breaker_table(size_t most = 16'384) : most_(most) {}

  bool admit(const std::string& account, core::timestamp now);
  void answered(const std::string& account) { failing_.erase(account); }
  bool failed(const std::string& account, core::timestamp now, double chance);
  std::chrono::milliseconds wait(const std::string& account, core::timestamp now) const;
  size_t size() const { return failing_.size(); }

private:
  size_t most_;
  std::unordered_map<std::string, breaker> failing_;
};

} // namespace trunkline::providers

#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace trunkline::sim {

/// Makes Twilio's identifiers: a prefix of two letters and 32 lower-case hex digits.
class sid_source {
public:
  /// Seed 0 takes one from the system; any other makes a run repeatable.
  explicit sid_source(uint64_t seed);

  std::string next(std::string_view prefix);
  std::string uuid();
  /// In [0, 1).
  double chance();

private:
  std::mt19937_64 random_;
};

} // namespace trunkline::sim

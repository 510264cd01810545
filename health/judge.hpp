#pragma once

#include "core/error.hpp"
#include "health/dependency.hpp"

namespace trunkline::health {

constexpr int64_t slow_ms = 2'000;      ///< above it DEGRADED
constexpr int64_t patience_ms = 10'000; ///< no answer in this time is DOWN

/// What Twilio says of an account.
struct account_said {
  std::string status; ///< "active", "suspended", "closed"
  int64_t latency_ms = 0;
  std::string type = {}; ///< "Full", "Trial"
};

/// What the outcome of one check means.
struct verdict {
  health::status status = status::down;
  std::string message;
  std::string account_status, account_type;
  std::optional<bool> accepted = {}; ///< the credentials; unset: nobody has said
  std::optional<int64_t> latency_ms;
  bool reachable = true; ///< somebody answered, whatever he said
  std::string fix;       ///< of DOWN: what to do about it
};

/// `waited_ms`: how long the answer took by our own clock, for answers that do not say.
verdict judge_account(const core::expected<account_said>& answer, int64_t waited_ms);
verdict judge_database(const core::expected<int64_t>& round_trip_us, int64_t waited_ms);

/// An error that says nothing about Twilio: we had no room to ask, or nobody was there to ask for us.
bool says_nothing(const core::error& failure);

} // namespace trunkline::health

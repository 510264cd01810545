#pragma once

#include "core/send_plan.hpp"
#include "core/sending_rate.hpp"
#include "core/token_bucket.hpp"

#include <map>
#include <optional>
#include <string>

namespace trunkline::actors {

/// How fast a company may send: segments per second of each number, of the company and of each campaign, and how many
/// messages may be on the wire at once. Twilio's word that it is too much slows the lane or the account down at once;
/// from then on each accepted message gives a little back.
class pacer {
public:
  static constexpr size_t most_in_air = 64;

  void follow(const core::rate_limit_settings& limits, core::steady_time now);
  /// Of the lanes and campaigns that have been seen; whoever is new has all of its budget.
  core::send_budget budget(core::steady_time now) const;
  void taken(const std::string& lane, const std::string& campaign, int segments, core::steady_time now);
  void accepted(const std::string& lane, core::steady_time now);
  void slow_lane(const std::string& lane, core::steady_time now);
  void slow_account();
  /// Until something of what is used up may go again; none: nothing is used up.
  std::optional<int64_t> wait_ms(core::steady_time now) const;
  size_t air_limit() const { return static_cast<size_t>(air_limit_); }
  /// A lane must be known before its first message is planned.
  void know_lane(const std::string& lane, core::steady_time now);

private:
  core::token_bucket* bucket_of_campaign(const std::string& campaign, core::steady_time now);

  core::rate_limit_settings limits_;
  std::map<std::string, core::token_bucket> lanes_, campaigns_;
  std::optional<core::token_bucket> company_;
  double air_limit_ = most_in_air;
};

} // namespace trunkline::actors

#pragma once

#include "core/outgoing.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace trunkline::core {

/// A queued message as the planner sees it.
struct queued_send {
  message_id id;
  std::string campaign_id; ///< empty for none
  std::string lane;
  phone_number twilio_number, recipient;
  send_priority priority = send_priority::chat;
  int64_t segments = 1;
  money cost;
  bool opted_out = false;
};

/// How much may go now: segments of each lane, of the company, of each campaign; and messages on the wire. What has no
/// entry has no limit.
struct send_budget {
  std::map<std::string, double> lanes, campaigns;
  std::optional<double> company;
  std::optional<double> each_campaign; ///< of those that have no entry
  size_t messages = 0;
};

/// What a company allows at this moment.
struct send_rules {
  std::set<phone_number> senders;                         ///< its active numbers
  std::optional<std::set<std::string>> allowed_countries; ///< ISO alpha-2
  std::optional<money> left_to_spend;                     ///< of today's cap
  std::set<std::string> paused_campaigns;                 ///< nothing of these goes
  std::set<phone_number> asked_about;                     ///< Twilio's list for these is being read
  std::function<std::optional<timestamp>(const queued_send&)> quiet_until = {}; ///< bulk only; empty: never quiet
};

/// In the order of what is checked.
enum class send_refusal : uint8_t { number_gone, opted_out, country_not_allowed, spend_cap };
/// As `error_message` says it.
std::string_view words_of(send_refusal why);

struct send_plan {
  std::vector<size_t> go; ///< places in what was given
  std::vector<std::pair<size_t, send_refusal>> refuse;
  std::vector<std::pair<size_t, timestamp>> later;
  std::set<std::string> over_cap; ///< campaigns that have to pause
  bool budget_used_up = false;    ///< more could go with more budget
};

/// What goes now, by priority and then in the order given. A message goes as long as its budgets are not used up, even
/// if it needs more than what is left: the rest is owed.
send_plan plan_sends(const std::vector<queued_send>& queue, const send_rules& rules, send_budget budget);

} // namespace trunkline::core

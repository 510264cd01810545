#pragma once

#include "core/outgoing.hpp"
#include "core/send_plan.hpp"
#include "core/tenant.hpp"
#include "core/tenant_config.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace trunkline::core {

/// What a company may spend on a day; without a cap nothing is looked up.
struct spend_day {
  std::string day; ///< "2026-11-20" in the company's zone
  std::optional<money> cap;
};

/// Of the day that a moment falls on for the company.
spend_day spending_of(const tenant& company, const tenant_config& config, timestamp now);

/// What an OUTBOX wants to send now.
struct send_wish {
  timestamp now;
  int64_t send_within_ms = core::send_within_ms; ///< no byte leaves later
  bool first = false; ///< nothing is in the air from here: whatever is `sending` is of an earlier life and may be out
  send_budget budget;
  send_rules rules; ///< opt-outs, the cap and paused campaigns are added from the database
  spend_day spending;
  doubt_settings doubts;
};

/// What it is to do.
struct send_orders {
  std::vector<outgoing_message> go;       ///< committed as `sending`: to be sent, and settled
  std::vector<doubtful_message> doubtful; ///< Twilio is to be asked about these
  std::optional<timestamp> next_due;      ///< of what is not due yet
  std::set<std::string> over_cap;         ///< campaigns that have been paused for it
  size_t refused = 0;
  bool budget_used_up = false; ///< more could go with more budget
  bool more = false;           ///< it is worth looking again as soon as there is room
  bool empty = false;          ///< the company has no message on its way out
};

} // namespace trunkline::core

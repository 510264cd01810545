#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/phone_number.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trunkline::core {

/// What Twilio last said of a company's account.
struct account_check {
  timestamp at;
  bool accepted = false; ///< the credentials
  std::string status;    ///< "active", "suspended", "closed"; empty when they were refused
  std::string type;      ///< "Full", "Trial"
};

/// What is known of a company besides its own profile.
struct tenant_facts {
  bool account_shared = false; ///< another company has the same accountSid
  bool number_shared = false;  ///< another company has one of its numbers
  /// All of its numbers are in the account; unset while one has not been checked.
  std::optional<bool> numbers_in_account;
  bool call_answered = false;   ///< an inbound call since the configuration was last changed
  bool message_arrived = false; ///< received or delivered since then
  std::optional<account_check> account;
};

/// A number that more than one company has.
struct number_conflict {
  struct holder {
    tenant_id company;
    std::string name;
    std::string field; ///< "phoneNumbers" or "phoneNumber"
  };
  phone_number number;
  std::vector<holder> holders;
};

/// What a company used on one day of its own time zone.
struct usage_day {
  std::string day; ///< "2026-11-20"
  int64_t calls_in = 0, call_minutes = 0, messages_in = 0, messages_out = 0, segments_out = 0;
};

} // namespace trunkline::core

#pragma once

#include "core/outgoing.hpp"
#include "persistence/json_rows.hpp"
#include "persistence/outbox_store.hpp"
#include "persistence/session.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the OUTBOX's statements have in common. All of it is called within session::run() and may throw SOCI's
/// exceptions.
namespace trunkline::persistence::outbox {

inline std::string_view greatest(dialect kind) { return kind == dialect::postgresql ? "greatest" : "max"; }

/// A message that is known to have come further; a lower rank changes nothing.
struct message_step {
  std::string id, status;
  std::string twilio_sid;    ///< empty: stays
  int64_t error_code = 0;    ///< 0: stays
  std::string error_message; ///< empty: stays
  int64_t segments = 0;      ///< 0: stays
};

/// A SID that another message has is not taken. The company's browsers hear of it.
void step_messages(soci::session& sql, dialect kind, const std::string& company, const std::vector<message_step>& steps,
                   core::timestamp now);

/// The messages in these rows, whose first column is `id`, have no way out any more.
void remove(soci::session& sql, dialect kind, const std::string& rows);

void add_spending(soci::session& sql, const std::string& company, const std::string& day, core::money amount);
core::money spent(soci::session& sql, const std::string& company, const std::string& day);

bool is_opted_out(soci::session& sql, const std::string& company, const core::phone_number& number);

/// Attempts of which nobody here will hear the end any more: they are unknown from now on.
void doubt_lost_attempts(soci::session& sql, dialect kind, const std::string& company, const core::send_wish& wish);

/// The API's word for Twilio's, of a message that Twilio has: never one that ranks below sending.
std::string status_of_accepted(std::string_view twilios);

core::send_orders claim(soci::session& sql, dialect kind, const std::string& company, const core::send_wish& wish);
void settle(soci::session& sql, dialect kind, const std::string& company, const std::vector<core::send_result>& results,
            const core::spend_day& spending, const core::doubt_settings& doubts);

} // namespace trunkline::persistence::outbox

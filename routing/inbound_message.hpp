#pragma once

#include "core/message.hpp"
#include "core/tenant_profile.hpp"
#include "twilio/form.hpp"

#include <optional>
#include <string>

namespace trunkline::routing {

/// A text from a customer, as it is stored.
struct inbound_message {
  core::message_record message;
  std::optional<core::opt_out_change> opt_out; ///< the sender asked for it, by keyword or Twilio's OptOutType
  std::string profile_name;                    ///< WhatsApp's for the sender; empty if it gives none
  bool wants_reply =
      false; ///< false for STOP, START and HELP, which Twilio answers itself, and for senders without number
};

/// The same SID always gives the same record id, whichever of our URLs Twilio came to.
inbound_message read_message(const core::tenant_profile& profile, const twilio::form& params, core::timestamp now);

/// The company's automatic reply; empty TwiML if it has none.
std::string reply_twiml(const core::tenant_config& config);

/// What a message status callback changes; nullopt for a status that Twilio did not have when this was written.
std::optional<core::message_status_change> read_message_status(const twilio::form& params,
                                                               const core::message_id& message, core::timestamp now);

} // namespace trunkline::routing

#pragma once

#include "sim/state.hpp"
#include "sim/twilio_error.hpp"
#include "twilio/form.hpp"

namespace trunkline::sim {

/// "+15551234567"
bool is_e164(std::string_view text);

/// http(s), a host without underscore, at most 4000 bytes.
bool is_callback_url(std::string_view text);

/// Whether Twilio would take this message (FACTS 3.2, 3.9), and if so the row it would keep, without sid and time.
/// The magic numbers of Twilio's test credentials work in every account.
answer<message> check_message(const twilio::form& form, const account& sender, const state& data, core::timestamp now);

/// How a message that was accepted ends. Numbers of our own making beside Twilio's: To +15005553NNN ends with error
/// 30NNN (30001 and 30002 as failed, others undelivered), To +15005554000 stays sent.
struct fate {
  std::string_view status = "delivered"; ///< delivered | undelivered | failed | sent
  std::optional<int> error_code = {};
};

fate fate_of(std::string_view to);

/// Likewise for calls: To +15005554486 is busy, ...4408 does not answer, ...4500 fails; all others are answered.
std::string_view end_of_call(std::string_view to);

/// Whether Twilio would place this call, and if so its row.
answer<call> check_call(const twilio::form& form, const account& caller, const state& data);

} // namespace trunkline::sim

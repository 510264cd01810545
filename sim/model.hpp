#pragma once

#include "core/clock.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::sim {

// What the simulator knows of an account, in Twilio's words. Empty text is Twilio's null unless said otherwise.

struct account {
  std::string sid, friendly_name;
  std::string owner_sid; ///< the parent; itself for a main account
  core::secret auth_token;
  std::string status = "active"; ///< active | suspended | closed
  std::string type = "Full";     ///< Full | Trial
  std::string balance = "100.00";
  core::timestamp created_at, updated_at;

  bool active() const { return status == "active"; }
};

/// What every row of a table has.
struct row {
  int64_t seq = 0; ///< order of creation in its table
  std::string sid, account_sid;
  core::timestamp created_at, updated_at;
  bool deleted = false;
};

struct incoming_number : row {
  std::string phone_number, friendly_name;
  std::string type = "local";                                                            ///< local | toll free
  std::string voice_url, voice_fallback_url, sms_url, sms_fallback_url, status_callback; ///< "" stays "" in JSON
  std::string voice_method = "POST", voice_fallback_method = "POST", sms_method = "POST", sms_fallback_method = "POST",
              status_callback_method = "POST";
  std::string voice_application_sid, sms_application_sid, trunk_sid, address_sid, bundle_sid, identity_sid;
  bool voice_caller_id_lookup = false;
};

struct message : row {
  std::string from, to, body, messaging_service_sid, status_callback;
  std::string direction = "outbound-api", status = "queued";
  int segments = 1, media = 0;
  std::optional<int> error_code;
  std::string price;
  std::optional<core::timestamp> sent_at, send_at; ///< send_at: scheduled for
};

struct call : row {
  std::string from, to, parent_call_sid, phone_number_sid;
  std::string direction = "outbound-api", status = "queued";
  std::string url, method = "POST", status_callback, status_callback_method = "POST";
  std::vector<std::string> status_events = {"completed"};
  std::optional<core::timestamp> started_at, ended_at;
  int sequence = 0; ///< of the next status callback

  bool ended() const { return status != "queued" && status != "ringing" && status != "in-progress"; }
};

} // namespace trunkline::sim

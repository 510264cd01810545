#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/money.hpp"
#include "core/phone_number.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trunkline::core {

/// A text message in or out; the names are those of the API's Message.
struct message_record {
  message_id id;
  tenant_id tenant;
  channel_id channel;
  std::string campaign_id;        ///< empty for none
  std::string direction;          ///< "inbound" | "outbound"
  std::string sender;             ///< who wrote it: "customer", "user", ...
  std::string communication_type; ///< "sms" | "whatsapp"
  phone_number twilio_number, user_phone_number;
  std::string content;
  std::vector<std::string> media; ///< URLs
  std::string status;             ///< message_status_rank() orders it
  std::string twilio_sid;         ///< empty until Twilio has named it
  std::optional<int> error_code;
  std::string error_message;
  std::string encoding; ///< "GSM-7" | "UCS-2"
  int segments = 1;
  std::optional<money> price;
  bool price_estimated = true;
  bool simulated = false;
  timestamp created_at, updated_at;
  std::optional<timestamp> sent_at, delivered_at;
};

/// queued 0 < sending 1 < unknown 2 < sent 3 < delivered, undelivered, failed, canceled 4 < read 5; received 4; else
/// -1. A status only ever moves to a higher rank.
int message_status_rank(std::string_view status);

/// A later word of Twilio about a message it has named.
struct message_status_change {
  std::string twilio_sid, status;
  std::optional<int> error_code;
  timestamp at;
  message_id message = {}; ///< which of ours it is, as the callback's own address says; empty if it does not
};

/// The person behind `number` asked to be left alone, or to hear from the company again.
struct opt_out_change {
  phone_number number;
  bool opted_out = true;
};

/// The same company, kind and pair of numbers are always the same channel.
channel_id channel_of(const tenant_id& tenant, std::string_view communication_type, const phone_number& twilio_number,
                      const phone_number& user_phone_number);

} // namespace trunkline::core

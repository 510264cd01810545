#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::core {

enum class live_event_type : uint8_t {
  new_message,
  message_status,
  channel_updated,
  call_updated,
  campaign_progress,
  alert,
  resync, ///< what happened before is not known any more: read everything again
};

/// The names of the API.
std::string_view to_string(live_event_type type);
std::optional<live_event_type> parse_live_event_type(std::string_view text);

/// The data of a resync.
inline constexpr std::string_view history_gone = R"({"reason":"history_gone"})";

/// Something the browsers of a company are to be told.
struct live_event {
  tenant_id tenant;
  live_event_type type = live_event_type::new_message;
  std::string subject; ///< id of the message, channel, call, campaign or alert
  channel_id channel;  ///< that it is about; empty for none
  std::string data;    ///< one line of JSON; empty: the subject as it is when it is told
  timestamp at;
};

/// The same as it is kept, numbered per company without gaps.
struct kept_event {
  int64_t seq = 0;
  live_event_type type = live_event_type::new_message;
  std::string subject;
  channel_id channel;
  std::string data;
};

} // namespace trunkline::core

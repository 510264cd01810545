#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::core {

using alert_id = strong_id<struct alert_id_tag>; ///< "al_..."

enum class alert_code : uint8_t {
  dependency_health_critical,
  company_quarantined,
  signature_rejected,
  next_token_matched,
  number_drift,
  voice_fallback,
  campaign_paused,
  spend_cap_reached,
  node_lost,
};

enum class alert_severity : uint8_t { warning, critical };
enum class alert_state : uint8_t { open, acknowledged, resolved };

/// The names of the API: "DEPENDENCY_HEALTH_CRITICAL", "warning", "open".
std::string_view to_string(alert_code code);
std::string_view to_string(alert_severity severity);
std::string_view to_string(alert_state state);
std::optional<alert_code> parse_alert_code(std::string_view text);
std::optional<alert_severity> parse_alert_severity(std::string_view text);
std::optional<alert_state> parse_alert_state(std::string_view text);

/// What an alert is about. Of each there is at most one that is not resolved.
struct alert_key {
  alert_code code = alert_code::dependency_health_critical;
  tenant_id company;      ///< empty for the platform's own
  std::string dependency; ///< "twilio", "database"; empty where the code says it all

  friend bool operator==(const alert_key&, const alert_key&) = default;
  friend auto operator<=>(const alert_key&, const alert_key&) = default;
};

/// Somebody has seen a reason for an alert. Seen again it makes the same alert older, not another one.
struct alert_cause {
  alert_key key;
  alert_severity severity = alert_severity::critical;
  std::string title; ///< "Twilio is DOWN for {}": the company's name is put in when it is stored
  std::string detail, fix;
  int64_t times = 1; ///< how often it was seen since it was last told
};

struct alert {
  alert_id id;
  alert_key key;
  alert_severity severity = alert_severity::critical;
  alert_state state = alert_state::open;
  std::string title, detail, fix;
  int64_t occurrences = 1;
  timestamp opened_at, last_seen_at;
  std::optional<timestamp> acknowledged_at;
  std::string acknowledged_by; ///< empty as long as nobody has
  std::optional<timestamp> resolved_at;
};

/// One that is not resolved, as whoever watches causes remembers it.
struct open_alert {
  alert_key key;
  timestamp last_seen_at;
};

struct alert_filter {
  std::optional<alert_state> state;
  std::optional<alert_code> code;
  tenant_id company; ///< empty for any
};

/// What is still to be told to the outside: the alert as it was when it opened or was resolved.
struct alert_delivery {
  std::string id; ///< the same on every attempt
  std::string body;
  int attempts = 0; ///< this one included
};

} // namespace trunkline::core

#include "core/alert.hpp"

namespace trunkline::core {

namespace {

template <class Enum, size_t count>
std::optional<Enum> parse(std::string_view text, const Enum (&all)[count]) {
  for (const auto value : all)
    if (to_string(value) == text)
      return value;
  return std::nullopt;
}

} // namespace

std::string_view to_string(alert_code code) {
  switch (code) { // no default: the compiler finds the forgotten one
  case alert_code::dependency_health_critical:
    return "DEPENDENCY_HEALTH_CRITICAL";
  case alert_code::company_quarantined:
    return "COMPANY_QUARANTINED";
  case alert_code::signature_rejected:
    return "SIGNATURE_REJECTED";
  case alert_code::next_token_matched:
    return "NEXT_TOKEN_MATCHED";
  case alert_code::number_drift:
    return "NUMBER_DRIFT";
  case alert_code::voice_fallback:
    return "VOICE_FALLBACK";
  case alert_code::campaign_paused:
    return "CAMPAIGN_PAUSED";
  case alert_code::spend_cap_reached:
    return "SPEND_CAP_REACHED";
  case alert_code::node_lost:
    return "NODE_LOST";
  }
  return "DEPENDENCY_HEALTH_CRITICAL";
}

std::string_view to_string(alert_severity severity) {
  return severity == alert_severity::warning ? "warning" : "critical";
}

std::string_view to_string(alert_state state) {
  switch (state) {
  case alert_state::open:
    return "open";
  case alert_state::acknowledged:
    return "acknowledged";
  case alert_state::resolved:
    return "resolved";
  }
  return "open";
}

std::optional<alert_code> parse_alert_code(std::string_view text) {
  using enum alert_code;
  constexpr alert_code all[] = {dependency_health_critical,
                                company_quarantined,
                                signature_rejected,
                                next_token_matched,
                                number_drift,
                                voice_fallback,
                                campaign_paused,
                                spend_cap_reached,
                                node_lost};
  return parse(text, all);
}

std::optional<alert_severity> parse_alert_severity(std::string_view text) {
  constexpr alert_severity all[] = {alert_severity::warning, alert_severity::critical};
  return parse(text, all);
}

std::optional<alert_state> parse_alert_state(std::string_view text) {
  constexpr alert_state all[] = {alert_state::open, alert_state::acknowledged, alert_state::resolved};
  return parse(text, all);
}

} // namespace trunkline::core

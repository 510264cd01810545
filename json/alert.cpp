#include "json/alert.hpp"

namespace trunkline::json {

namespace {

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

} // namespace

void write_alert(writer& out, const core::alert& alert) {
  out.begin_object();
  out.field("id", alert.id.value);
  out.field("code", core::to_string(alert.key.code));
  out.field("severity", core::to_string(alert.severity));
  out.field("state", core::to_string(alert.state));
  out.field("companyId", or_null(alert.key.company.value));
  out.field("title", alert.title);
  out.field("detail", alert.detail);
  out.field("fix", alert.fix);
  out.field("occurrences", alert.occurrences);
  out.field("openedAt", alert.opened_at);
  out.field("lastSeenAt", alert.last_seen_at);
  out.field("acknowledgedAt", alert.acknowledged_at);
  out.field("acknowledgedBy", or_null(alert.acknowledged_by));
  out.field("resolvedAt", alert.resolved_at);
  out.end_object();
}

} // namespace trunkline::json

#include "health/causes.hpp"

#include <fmt/format.h>

namespace trunkline::health {

namespace {

using core::alert_code;
using core::alert_severity;

std::string_view name_of(dependency_kind kind) {
  switch (kind) {
  case dependency_kind::database:
    return "The database";
  case dependency_kind::twilio:
    return "Twilio";
  case dependency_kind::vapi:
    return "Vapi";
  case dependency_kind::peer:
    return "A node";
  }
  return "A dependency";
}

} // namespace

core::alert_key key_of(dependency_kind kind, const core::tenant_id& company) {
  return {alert_code::dependency_health_critical, company, std::string(to_string(kind))};
}

core::alert_cause down_cause(dependency_kind kind, const core::tenant_id& company, const verdict& found) {
  return {key_of(kind, company), alert_severity::critical,
          fmt::format("{} is DOWN{}", name_of(kind), company.empty() ? "" : " for {}"), found.message, found.fix};
}

core::alert_cause outage_cause(size_t asked, size_t unreachable) {
  return {key_of(dependency_kind::twilio, {}), alert_severity::critical, "Twilio is DOWN",
          fmt::format("Twilio does not answer for {} of {} accounts that were asked", unreachable, asked),
          "Check the network and https://status.twilio.com"};
}

core::alert_cause quarantine_cause(const core::tenant_id& company) {
  return {{alert_code::company_quarantined, company, {}},
          alert_severity::critical,
          "{} is quarantined",
          "Its actor has crashed again and again: its webhooks are stored and answered with voicemail or nothing",
          fmt::format("Find the cause in the log, then POST /api/companies/{}/quarantine/release", company)};
}

core::alert_cause node_lost_cause(const std::string& node) {
  return {{alert_code::node_lost, {}, node},
          alert_severity::critical,
          fmt::format("Node {} is lost", node),
          "It has not renewed its lease, or its process has ended: the other nodes have its companies",
          "Start it again with its data_dir, or leave it away for good: trunkline cluster status"};
}

core::alert_cause rejection_cause(const core::tenant_id& company, bool shadow, int64_t times) {
  return {{alert_code::signature_rejected, company, {}},
          alert_severity::warning,
          shadow ? "Webhooks for {} accepted with a wrong signature" : "Webhooks for {} refused",
          shadow ? "Signature or AccountSid wrong; accepted because signatureMode is shadow"
                 : "Signature or AccountSid wrong",
          "If they are Twilio's own: compare accountSid, authToken and TRUNKLINE_PUBLIC_URL with what Twilio has",
          times};
}

core::alert_cause next_token_cause(const core::tenant_id& company, int64_t times) {
  return {{alert_code::next_token_matched, company, {}},
          alert_severity::warning,
          "Twilio signs with the next Auth Token of {}",
          "A webhook was right with nextAuthToken only: the token has been rotated at Twilio",
          "Promote it with PUT promoteNextAuthToken: true",
          times};
}

} // namespace trunkline::health

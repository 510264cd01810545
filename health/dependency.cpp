#include "health/dependency.hpp"

namespace trunkline::health {

std::string_view to_string(status s) {
  switch (s) {
  case status::not_configured:
    return "NOT_CONFIGURED";
  case status::healthy:
    return "HEALTHY";
  case status::degraded:
    return "DEGRADED";
  case status::down:
    return "DOWN";
  }
  return "DOWN";
}

std::string_view to_string(dependency_kind kind) {
  switch (kind) {
  case dependency_kind::database:
    return "database";
  case dependency_kind::twilio:
    return "twilio";
  case dependency_kind::vapi:
    return "vapi";
  case dependency_kind::peer:
    return "peer";
  }
  return "peer";
}

dependency twilio_not_configured(const core::tenant_id& company) {
  dependency out;
  out.kind = dependency_kind::twilio;
  out.company = company;
  out.message = "Twilio not configured (per-company system)";
  return out;
}

dependency vapi_not_configured() {
  dependency out;
  out.kind = dependency_kind::vapi;
  out.message = "Vapi not configured";
  return out;
}

std::string_view action(const dependency& one) {
  switch (one.status) {
  case status::healthy:
    return "None";
  case status::not_configured:
    return "Configure if needed";
  case status::down:
    if (one.kind == dependency_kind::twilio)
      return "Fix credentials or Twilio account";
    break;
  case status::degraded:
    break;
  }
  return "Monitor";
}

} // namespace trunkline::health

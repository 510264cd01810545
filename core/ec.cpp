#include "core/ec.hpp"

namespace trunkline::core {

std::string_view to_string(ec code) {
  switch (code) { // no default: the compiler finds the forgotten one
  case ec::invalid_request:
    return "invalid_request";
  case ec::invalid_cursor:
    return "invalid_cursor";
  case ec::invalid_idempotency_key:
    return "invalid_idempotency_key";
  case ec::company_required:
    return "company_required";
  case ec::malformed_webhook:
    return "malformed_webhook";
  case ec::unauthenticated:
    return "unauthenticated";
  case ec::forbidden:
    return "forbidden";
  case ec::csrf_failed:
    return "csrf_failed";
  case ec::signature_rejected:
    return "signature_rejected";
  case ec::not_found:
    return "not_found";
  case ec::company_not_found:
    return "company_not_found";
  case ec::method_not_allowed:
    return "method_not_allowed";
  case ec::payload_too_large:
    return "payload_too_large";
  case ec::unsupported_media_type:
    return "unsupported_media_type";
  case ec::twilio_not_configured:
    return "twilio_not_configured";
  case ec::phone_number_taken:
    return "phone_number_taken";
  case ec::company_has_numbers:
    return "company_has_numbers";
  case ec::idempotency_in_progress:
    return "idempotency_in_progress";
  case ec::invalid_state:
    return "invalid_state";
  case ec::etag_mismatch:
    return "etag_mismatch";
  case ec::idempotency_key_reused:
    return "idempotency_key_reused";
  case ec::invalid_configuration:
    return "invalid_configuration";
  case ec::number_not_in_account:
    return "number_not_in_account";
  case ec::twilio_credentials_rejected:
    return "twilio_credentials_rejected";
  case ec::too_many_requests:
    return "too_many_requests";
  case ec::overloaded:
    return "overloaded";
  case ec::not_ready:
    return "not_ready";
  case ec::twilio_unreachable:
    return "twilio_unreachable";
  case ec::database_unavailable:
    return "database_unavailable";
  case ec::company_quarantined:
    return "company_quarantined";
  case ec::internal_error:
    return "internal_error";
  }
  return "internal_error";
}

} // namespace trunkline::core

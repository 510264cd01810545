#pragma once

#include <cstdint>
#include <string_view>

namespace trunkline::core {

/// Every way an operation can fail, in the words of the API: the name is the stable `code` of problem+json.
enum class ec : uint8_t {
  invalid_request,
  invalid_cursor,
  malformed_webhook,
  unauthenticated,
  forbidden,
  signature_rejected, // webhooks only: 403 with an empty body
  not_found,
  company_not_found,
  method_not_allowed,
  payload_too_large,
  unsupported_media_type,
  phone_number_taken,
  invalid_state,
  etag_mismatch,
  invalid_configuration,
  twilio_credentials_rejected,
  too_many_requests,
  overloaded,
  not_ready,
  twilio_unreachable,
  database_unavailable,
  company_quarantined,
  internal_error,
};

/// The stable snake_case name, for example "company_not_found".
std::string_view to_string(ec code);

} // namespace trunkline::core

#pragma once

#include <cstdint>
#include <string_view>

namespace trunkline::core {

/// Every way an operation can fail, in the words of the API: the name is the stable `code` of problem+json.
enum class ec : uint8_t {
  invalid_request,
  invalid_cursor,
  invalid_idempotency_key,
  company_required,
  invalid_csv,
  malformed_webhook,
  unauthenticated,
  forbidden,
  csrf_failed,
  signature_rejected, // webhooks only: 403 with an empty body
  not_found,
  company_not_found,
  method_not_allowed,
  payload_too_large,
  unsupported_media_type,
  company_has_no_number,
  twilio_not_configured,
  spend_cap_reached,
  phone_number_taken,
  company_has_numbers,
  idempotency_in_progress,
  invalid_state,
  etag_mismatch,
  idempotency_key_reused,
  invalid_configuration,
  number_not_in_account,
  recipient_opted_out,
  country_not_allowed,
  message_too_long,
  unknown_placeholder,
  no_recipients,
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

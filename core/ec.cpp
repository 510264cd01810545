#include "core/ec.hpp"

#include "core/enum_table.hpp"

#include <array>
#include <utility>

namespace trunkline::core {

namespace {

constexpr std::array<std::pair<ec, std::string_view>, static_cast<size_t>(ec::internal_error) + 1> names = {{
    {ec::invalid_request, "invalid_request"},
    {ec::invalid_cursor, "invalid_cursor"},
    {ec::invalid_idempotency_key, "invalid_idempotency_key"},
    {ec::company_required, "company_required"},
    {ec::invalid_csv, "invalid_csv"},
    {ec::malformed_webhook, "malformed_webhook"},
    {ec::unauthenticated, "unauthenticated"},
    {ec::forbidden, "forbidden"},
    {ec::csrf_failed, "csrf_failed"},
    {ec::signature_rejected, "signature_rejected"},
    {ec::not_found, "not_found"},
    {ec::company_not_found, "company_not_found"},
    {ec::method_not_allowed, "method_not_allowed"},
    {ec::payload_too_large, "payload_too_large"},
    {ec::unsupported_media_type, "unsupported_media_type"},
    {ec::company_has_no_number, "company_has_no_number"},
    {ec::twilio_not_configured, "twilio_not_configured"},
    {ec::spend_cap_reached, "spend_cap_reached"},
    {ec::phone_number_taken, "phone_number_taken"},
    {ec::company_has_numbers, "company_has_numbers"},
    {ec::idempotency_in_progress, "idempotency_in_progress"},
    {ec::invalid_state, "invalid_state"},
    {ec::etag_mismatch, "etag_mismatch"},
    {ec::idempotency_key_reused, "idempotency_key_reused"},
    {ec::invalid_configuration, "invalid_configuration"},
    {ec::number_not_in_account, "number_not_in_account"},
    {ec::recipient_opted_out, "recipient_opted_out"},
    {ec::country_not_allowed, "country_not_allowed"},
    {ec::message_too_long, "message_too_long"},
    {ec::unknown_placeholder, "unknown_placeholder"},
    {ec::no_recipients, "no_recipients"},
    {ec::twilio_credentials_rejected, "twilio_credentials_rejected"},
    {ec::too_many_requests, "too_many_requests"},
    {ec::overloaded, "overloaded"},
    {ec::not_ready, "not_ready"},
    {ec::twilio_unreachable, "twilio_unreachable"},
    {ec::database_unavailable, "database_unavailable"},
    {ec::company_quarantined, "company_quarantined"},
    {ec::internal_error, "internal_error"},
}};
static_assert(in_order(names), "a code is missing, or stands in the wrong place");

} // namespace

std::string_view to_string(ec code) { return names[static_cast<size_t>(code)].second; }

} // namespace trunkline::core

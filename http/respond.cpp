#include "http/respond.hpp"

#include "core/enum_table.hpp"
#include "json/writer.hpp"

#include <array>
#include <utility>

namespace trunkline::http {

namespace {

struct shape {
  int status;
  std::string_view title;
  std::string_view advice; ///< detail when the error brings none
};

using core::ec;

constexpr std::array<std::pair<ec, shape>, static_cast<size_t>(ec::internal_error) + 1> shapes = {{
    {ec::invalid_request, {400, "Request not valid", "Correct the fields listed in errors."}},
    {ec::invalid_cursor, {400, "Cursor not valid", "Use nextCursor of the same list with the same filters."}},
    {ec::invalid_idempotency_key,
     {400, "Idempotency-Key not valid", "Send 1 to 255 printable ASCII characters, once."}},
    {ec::company_required, {400, "Company missing", "Send X-Company-Id, or use a key of one company."}},
    {ec::invalid_csv, {400, "List not valid", "Correct the rows listed in errors."}},
    {ec::malformed_webhook, {400, "Webhook not valid", "Send the parameters as Twilio does."}},
    {ec::unauthenticated, {401, "Not authenticated", "Send Authorization: Bearer <key>."}},
    {ec::forbidden, {403, "Not allowed", "Use a key with a higher role."}},
    {ec::csrf_failed, {403, "CSRF token missing or wrong", "Send the session's csrfToken in X-CSRF-Token."}},
    {ec::signature_rejected, {403, "Signature rejected", ""}},
    {ec::not_found, {404, "Not found", "Check the path and the id."}},
    {ec::company_not_found, {404, "Company not found", "Check the company id."}},
    {ec::method_not_allowed, {405, "Method not allowed", "Use one of the methods in the Allow header."}},
    {ec::payload_too_large, {413, "Body too large", "Send at most 64 KiB."}},
    {ec::unsupported_media_type, {415, "Content type not supported", "Send application/json."}},
    {ec::company_has_no_number,
     {409, "Company has no number", "Assign an active number first: POST /api/companies/{id}/numbers."}},
    {ec::twilio_not_configured, {409, "Twilio not configured", "Twilio not configured for this company"}},
    {ec::spend_cap_reached, {409, "Spend cap reached", "Raise dailySpendCap, or wait for tomorrow."}},
    {ec::phone_number_taken, {409, "Phone number taken", "Another company has this number. Remove it there first."}},
    {ec::company_has_numbers,
     {409, "Company has numbers", "Release its numbers first: DELETE /api/companies/{id}/numbers/{number}."}},
    {ec::idempotency_in_progress, {409, "First request still running", "Repeat it after Retry-After seconds."}},
    {ec::invalid_state, {409, "Not possible now", "Read the object again and decide anew."}},
    {ec::etag_mismatch, {412, "Changed meanwhile", "Read it again and send the new ETag in If-Match."}},
    {ec::idempotency_key_reused,
     {422, "Idempotency-Key reused", "This key came with another body before. Use a new one."}},
    {ec::invalid_configuration, {422, "Configuration not valid", "Correct the fields named in detail."}},
    {ec::number_not_in_account,
     {422, "Number not in account", "Use numbers of the Twilio account that will send from them."}},
    {ec::recipient_opted_out, {422, "Recipient opted out", "Only the recipient can opt in again, by sending START."}},
    {ec::country_not_allowed, {422, "Country not allowed", "Add the recipient's country to allowedCountries."}},
    {ec::message_too_long, {422, "Message too long", "Send at most 1600 UTF-16 units."}},
    {ec::unknown_placeholder, {422, "Unknown placeholder", "Use the placeholders that the list has columns for."}},
    {ec::no_recipients, {422, "Nobody to send to", "Correct the rows listed in skipped."}},
    {ec::twilio_credentials_rejected, {422, "Twilio authentication failed", "Check accountSid and authToken."}},
    {ec::too_many_requests, {429, "Too many requests", "Wait for Retry-After seconds."}},
    {ec::overloaded, {503, "Overloaded", "Try again after Retry-After seconds."}},
    {ec::not_ready, {503, "Not ready", "Try again after Retry-After seconds."}},
    {ec::twilio_unreachable, {503, "Twilio unreachable", "Try again after Retry-After seconds."}},
    {ec::database_unavailable, {503, "Database unavailable", "Try again after Retry-After seconds."}},
    {ec::company_quarantined, {503, "Company quarantined", "An operator has to release it."}},
    {ec::internal_error, {500, "Internal error", "The log has the cause under this requestId."}},
}};
static_assert(core::in_order(shapes), "a code is missing, or stands in the wrong place");

shape shape_of(ec code) { return shapes[static_cast<size_t>(code)].second; }

void write_field_errors(json::writer& out, const std::vector<core::field_error>& fields) {
  out.key("errors").begin_array();
  for (const auto& field : fields)
    out.begin_object()
        .field("pointer", field.pointer)
        .field("code", field.code)
        .field("detail", field.detail)
        .end_object();
  out.end_array();
}

void write_refusal(json::writer& out, const core::twilio_refusal& said) {
  out.key("twilio")
      .begin_object()
      .field("httpStatus", said.http_status)
      .field("code", said.code == 0 ? std::nullopt : std::optional<int64_t>(said.code))
      .field("message", said.message)
      .field("moreInfo", said.more_info.empty() ? std::nullopt : std::optional(said.more_info))
      .end_object();
}

} // namespace

response problem(const core::request_id& request, const core::error& failure) {
  const auto what = shape_of(failure.code);
  const auto code = core::to_string(failure.code);
  json::writer out;
  out.begin_object();
  out.field("type", "urn:trunkline:problem:" + std::string(code));
  out.field("title", what.title);
  out.field("status", what.status);
  out.field("code", code);
  // What went wrong inside is the log's business.
  const bool internal = failure.code == core::ec::internal_error;
  out.field("detail", internal || failure.detail.empty() ? what.advice : std::string_view(failure.detail));
  out.field("requestId", request.value);
  if (what.status == 400 && !failure.fields.empty())
    write_field_errors(out, failure.fields);
  if (failure.twilio)
    write_refusal(out, *failure.twilio);
  for (const auto& [name, values] : failure.lists)
    out.field(name, values);
  response answer{what.status, "application/problem+json", {}, {{"X-Request-Id", request.value}}};
  const bool later = what.status == 503 || what.status == 429;
  if (later)
    out.field("retryAfterSeconds", failure.retry_after_seconds);
  if (later || failure.code == core::ec::idempotency_in_progress)
    answer.headers.emplace_back("Retry-After", std::to_string(failure.retry_after_seconds));
  if (what.status == 401)
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  out.end_object();
  answer.body = out.take();
  return answer;
}

void respond_error(exchange& request, const core::error& failure) {
  if (failure.code == core::ec::signature_rejected)
    return respond_forbidden_webhook(request);
  request.respond(problem(request.id(), failure));
}

void respond_json(exchange& request, int status, std::string body,
                  std::vector<std::pair<std::string, std::string>> headers) {
  headers.emplace_back("X-Request-Id", request.id().value);
  request.respond({status, "application/json", std::move(body), std::move(headers)});
}

void respond_nothing(exchange& request) { request.respond({204, "", "", {{"X-Request-Id", request.id().value}}}); }

void respond_forbidden_webhook(exchange& request) { request.respond({403, "", "", {}}); }

} // namespace trunkline::http

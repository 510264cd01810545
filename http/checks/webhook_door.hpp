#pragma once

#include "actors/webhook_job.hpp"
#include "http/context.hpp"
#include "http/exchange.hpp"

namespace trunkline::http::checks {

/// Which webhook a route takes, and what its path says.
struct webhook_route {
  core::webhook_kind kind = core::webhook_kind::voice;
  std::string_view token; ///< of /hooks/{token}/...; "" on the routes that find the company by To
  int step = -1;
  core::message_id message = {};
};

/// Everything that is asked of a webhook before it may cost anything: size, form, company, signature, account. In the
/// order of API.md section 6. The job's reply is still empty.
///   ec::payload_too_large, ec::unsupported_media_type, ec::malformed_webhook
///   ec::company_not_found  no company has this To
///   ec::signature_rejected unknown token, wrong or missing signature, foreign AccountSid: 403 without a body
core::expected<actors::webhook_job> webhook_door(const context& ctx, const exchange& request,
                                                 const webhook_route& route);

} // namespace trunkline::http::checks

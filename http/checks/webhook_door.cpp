// Anybody on the Internet can post here, so the order matters: nothing before the signature check may allocate much,
// ask an actor or touch the database. A forged request costs one parse, one look-up and an HMAC for each way in which
// Twilio may have written the URL.
//
// Twilio signs the public URL and the parameters, nothing else: no header but the signature itself is believed, and the
// company is the one that owns the token or the number, never the one an AccountSid parameter names.

#include "http/checks/webhook_door.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "core/phone_number.hpp"
#include "core/utf8.hpp"
#include "health/causes.hpp"
#include "http/checks/media_type.hpp"
#include "http/shapes/flat_object.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <span>

namespace trunkline::http::checks {

namespace {

core::counter rejected("trunkline_signature_rejected_total", "Webhooks refused for their signature or account");
core::counter shadowed("trunkline_signature_shadowed_total",
                       "Webhooks accepted in shadow mode that enforce would refuse");

/// Anybody can make the door refuse as often as he likes; the log must not grow with it. The counters have all of them.
bool may_log(core::timestamp now) {
  constexpr int64_t lines_per_minute = 60;
  static std::atomic<int64_t> minute{0}, lines{0};
  if (const auto current = now.ms / 60'000; minute.exchange(current, std::memory_order_relaxed) != current)
    lines.store(0, std::memory_order_relaxed);
  return lines.fetch_add(1, std::memory_order_relaxed) < lines_per_minute;
}

constexpr size_t max_body = 64 * 1024;

struct parsed_body {
  twilio::form params;
  twilio::body_kind kind = twilio::body_kind::form;
};

core::expected<parsed_body> parse_body(const exchange& request) {
  if (request.body().size() > max_body)
    return core::fail(core::ec::payload_too_large);
  if (!request.header("Content-Encoding").empty())
    return core::fail(core::ec::unsupported_media_type, "Send the body without Content-Encoding.");
  const auto type = request.header("Content-Type");
  if (is_media_type(type, "application/json")) {
    auto params = shapes::read_flat_object(request.body());
    if (!params)
      return core::fail(std::move(params).error());
    return parsed_body{std::move(*params), twilio::body_kind::json};
  }
  if (!is_media_type(type, "application/x-www-form-urlencoded"))
    return core::fail(core::ec::unsupported_media_type, "Send application/x-www-form-urlencoded.");
  auto params = twilio::form::parse(request.body());
  if (!params)
    return core::fail(std::move(params).error());
  return parsed_body{std::move(*params), twilio::body_kind::form};
}

core::expected<actors::destination> find_company(const context& ctx, const webhook_route& route,
                                                 const twilio::form& params) {
  const auto& numbers = ctx.actors.numbers();
  if (!route.token.empty()) {
    if (auto found = numbers.by_token(route.token))
      return *found;
    return core::fail(core::ec::signature_rejected);
  }
  const auto to = core::parse_webhook_address(params.get("To"), ctx.settings.default_country);
  if (auto found = numbers.by_number(to.text))
    return *found;
  return core::fail(core::ec::company_not_found, "No company found for this number");
}

bool genuine(const context& ctx, const exchange& request, const parsed_body& body, const actors::door& company,
             std::span<const core::secret> auth_tokens) {
  twilio::signed_request said;
  said.address = &ctx.settings.public_url;
  said.target = request.target();
  said.kind = body.kind;
  said.params = body.params.fields();
  said.raw_body = request.body();
  said.signature = request.header_count("X-Twilio-Signature") == 1 ? request.header("X-Twilio-Signature") : "";
  return twilio::verify(said, auth_tokens) && !company.account_sid.empty() &&
         body.params.get("AccountSid") == company.account_sid;
}

/// An unknown token is answered as slowly as a wrong signature, so that it tells nothing.
const actors::door& nobody() {
  static const actors::door none = [] {
    actors::door door;
    door.auth_tokens = {core::secret(core::new_id("", 32))};
    return door;
  }();
  return none;
}

std::string as_form(const twilio::form& params) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& field : params.fields())
    pairs.emplace_back(field.name, field.value);
  return twilio::form_encode(pairs);
}

core::expected<void> check_signature(const context& ctx, const exchange& request, const parsed_body& body,
                                     const actors::door& company) {
  // The current token first: one that only the next opens tells that it has been rotated.
  const std::span<const core::secret> tokens(company.auth_tokens);
  const auto current = tokens.first(std::min<size_t>(tokens.size(), 1));
  if (genuine(ctx, request, body, company, current))
    return {};
  const auto now = ctx.clock.now();
  if (tokens.size() > 1 && genuine(ctx, request, body, company, tokens.subspan(1))) {
    if (const auto times = company.signals->next_token.pass(now))
      ctx.actors.bell().seen(health::next_token_cause(company.tenant, times));
    return {};
  }
  const bool shadow = company.signatures == core::signature_mode::shadow;
  if (const auto times = company.signals->rejected.pass(now))
    ctx.actors.bell().seen(health::rejection_cause(company.tenant, shadow, times));
  if (shadow) {
    shadowed.add();
    if (may_log(now))
      log::warn(request.id(),
                "ALERT SIGNATURE_REJECTED company {}: signature or AccountSid wrong, accepted in shadow mode",
                company.tenant);
    return {};
  }
  rejected.add();
  if (may_log(now))
    log::warn(request.id(), "company {}: webhook refused, signature or AccountSid wrong", company.tenant);
  return core::fail(core::ec::signature_rejected);
}

} // namespace

core::expected<actors::webhook_job> webhook_door(const context& ctx, const exchange& request,
                                                 const webhook_route& route) {
  auto body = parse_body(request);
  if (!body)
    return core::fail(std::move(body).error());
  auto key = routing::key_of(route.kind, route.step, body->params);
  if (!key)
    return core::fail(std::move(key).error());
  const auto company = find_company(ctx, route, body->params);
  if (!company) {
    if (company.error().code == core::ec::signature_rejected)
      genuine(ctx, request, *body, nobody(), nobody().auth_tokens);
    return core::fail(company.error());
  }
  if (auto checked = check_signature(ctx, request, *body, *company->company); !checked)
    return core::fail(checked.error());

  actors::webhook_job job;
  job.request = request.id();
  job.key = std::move(*key);
  job.key.tenant = company->company->tenant;
  job.received_at = ctx.clock.now();
  job.webhook.kind = route.kind;
  job.webhook.step = route.step;
  job.webhook.message = route.message;
  job.webhook.hooks_url = ctx.settings.hooks_base + company->hook.value;
  job.webhook.raw_params =
      core::to_clean_utf8(body->kind == twilio::body_kind::form ? std::string(request.body())
                                                                : as_form(body->params)); // events are kept in one form
  job.webhook.params = std::move(body->params);
  return job;
}

} // namespace trunkline::http::checks

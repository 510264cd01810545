#include "http/routes.hpp"

#include "config/log.hpp"
#include "core/utf8.hpp"
#include "http/checks/api_key.hpp"
#include "http/handlers/actors.hpp"
#include "http/handlers/calls.hpp"
#include "http/handlers/companies.hpp"
#include "http/handlers/health.hpp"
#include "http/handlers/messages.hpp"
#include "http/handlers/metrics.hpp"
#include "http/handlers/openapi.hpp"
#include "http/handlers/twilio_config.hpp"
#include "http/handlers/webhook.hpp"
#include "http/respond.hpp"

#include <exception>
#include <memory>

namespace trunkline::http {

namespace h = handlers;
using kind = core::webhook_kind;

// clang-format off
route_table webhook_routes(context& ctx) {
  constexpr auto hook = access::webhook;
  return route_table({
      {"POST", "/api/twilio/voice",          "", hook, h::webhook(ctx, kind::voice)},
      {"POST", "/api/twilio/sms",            "", hook, h::webhook(ctx, kind::sms)},
      {"POST", "/api/webhooks/voice",        "", hook, h::webhook(ctx, kind::voice)},
      {"POST", "/api/webhooks/sms",          "", hook, h::webhook(ctx, kind::sms)},
      {"POST", "/api/webhooks/whatsapp",     "", hook, h::webhook(ctx, kind::sms)},
      {"POST", "/hooks/{token}/voice",       "", hook, h::webhook(ctx, kind::voice)},
      {"POST", "/hooks/{token}/sms",         "", hook, h::webhook(ctx, kind::sms)},
      {"POST", "/hooks/{token}/whatsapp",    "", hook, h::webhook(ctx, kind::sms)},
      {"POST", "/hooks/{token}/fallback",    "", hook, h::webhook(ctx, kind::fallback)},
      {"POST", "/hooks/{token}/status",      "", hook, h::webhook(ctx, kind::status)},
      {"POST", "/hooks/{token}/recording",   "", hook, h::webhook(ctx, kind::recording)},
      {"POST", "/hooks/{token}/transcription", "", hook, h::webhook(ctx, kind::transcription)},
      {"POST", "/hooks/{token}/whisper",     "", hook, h::webhook(ctx, kind::whisper)},
      {"POST", "/hooks/{token}/relay",       "", hook, h::webhook(ctx, kind::relay)},
      {"POST", "/hooks/{token}/dial/{step}", "", hook, h::webhook(ctx, kind::dial)},
      {"GET",  "/healthz",                   "", access::open, h::healthz()},
      {"GET",  "/readyz",                    "", access::open, h::readyz(ctx)},
  });
}

route_table api_routes(context& ctx) {
  constexpr auto admin = access::platform_admin;
  return route_table({
      {"GET",  "/healthz",                          "healthz",            access::open, h::healthz()},
      {"GET",  "/readyz",                           "readyz",             access::open, h::readyz(ctx)},
      {"GET",  "/metrics",                          "metrics",            access::open, h::metrics()},
      {"GET",  "/api/openapi.json",                 "openapi",            access::open, h::openapi()},
      {"POST", "/api/companies",                    "create_company",     admin, h::create_company(ctx)},
      {"GET",  "/api/companies",                    "list_companies",     admin, h::list_companies(ctx)},
      {"GET",  "/api/companies/{companyId}",        "get_company",        admin, h::get_company(ctx)},
      {"GET",  "/api/companies/{companyId}/twilio/config", "get_twilio_config", admin, h::get_twilio_config(ctx)},
      {"PUT",  "/api/companies/{companyId}/twilio/config", "put_twilio_config", admin, h::put_twilio_config(ctx)},
      {"GET",  "/api/companies/{companyId}/calls",  "list_calls",         admin, h::list_calls(ctx)},
      {"GET",  "/api/companies/{companyId}/calls/{callId}", "get_call",   admin, h::get_call(ctx)},
      {"GET",  "/api/companies/{companyId}/messages", "list_messages",    admin, h::list_messages(ctx)},
      {"POST", "/api/companies/{companyId}/quarantine/release", "release_quarantine", admin, h::release_quarantine(ctx)},
      {"GET",  "/api/admin/actors",                 "list_actors",        admin, h::list_actors(ctx)},
  });
}
// clang-format on

namespace {

void respond_not_routed(exchange& request, const route_table::match& where) {
  if (where.allowed.empty())
    return respond_error(request, {core::ec::not_found, "No such path. GET /api/openapi.json lists them.", "", {}});
  auto answer = problem(request.id(), {core::ec::method_not_allowed, "", "", {}});
  answer.headers.emplace_back("Allow", where.allowed);
  request.respond(std::move(answer));
}

void handle(context& ctx, const route_table& table, const exchange_ptr& request) {
  auto where = table.find(request->method(), request->path());
  if (!core::is_clean_utf8(request->path())) // no id is such, and no database takes it
    where = {};
  if (!where.found)
    return respond_not_routed(*request, where);
  request->captures = std::move(where.captures);
  if (where.found->access == access::platform_admin)
    if (auto admitted = checks::platform_admin(ctx, *request); !admitted)
      return respond_error(*request, admitted.error());
  where.found->handle(request);
}

} // namespace

std::function<void(exchange_ptr)> serve(context& ctx, route_table table) {
  auto shared = std::make_shared<const route_table>(std::move(table));
  return [&ctx, shared](const exchange_ptr& request) {
    try {
      handle(ctx, *shared, request);
    } catch (const std::exception& problem) {
      log::error(request->id(), "handler failed: {}", problem.what());
      respond_error(*request, {core::ec::internal_error, "", "", {}});
    }
  };
}

} // namespace trunkline::http

#include "http/routes.hpp"

#include "config/log.hpp"
#include "core/utf8.hpp"
#include "http/checks/authenticate.hpp"
#include "http/checks/authorize.hpp"
#include "http/handlers/actors.hpp"
#include "http/handlers/audit.hpp"
#include "http/handlers/calls.hpp"
#include "http/handlers/channels.hpp"
#include "http/handlers/cluster.hpp"
#include "http/handlers/companies.hpp"
#include "http/handlers/events.hpp"
#include "http/handlers/health.hpp"
#include "http/handlers/keys.hpp"
#include "http/handlers/messages.hpp"
#include "http/handlers/metrics.hpp"
#include "http/handlers/notifications.hpp"
#include "http/handlers/numbers.hpp"
#include "http/handlers/openapi.hpp"
#include "http/handlers/opt_outs.hpp"
#include "http/handlers/readiness.hpp"
#include "http/handlers/send_message.hpp"
#include "http/handlers/session.hpp"
#include "http/handlers/twilio_config.hpp"
#include "http/handlers/usage.hpp"
#include "http/handlers/webhook.hpp"
#include "http/idempotency.hpp"
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
      {"POST", "/hooks/{token}/status/{message}/{attempt}", "", hook, h::webhook(ctx, kind::status)},
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
  constexpr auto open = access::open, viewer = access::company_viewer, admin = access::company_admin,
                 platform = access::platform_admin;
  constexpr bool creates = true;
  return route_table({
      {"GET",    "/healthz",                          "healthz",            open,     h::healthz()},
      {"GET",    "/readyz",                           "readyz",             open,     h::readyz(ctx)},
      {"GET",    "/metrics",                          "metrics",            open,     h::metrics()},
      {"GET",    "/api/openapi.json",                 "openapi",            open,     h::openapi()},
      {"POST",   "/api/session",                      "create_session",     open,     h::create_session(ctx)},
      {"GET",    "/api/session",                      "get_session",        viewer,   h::get_session()},
      {"DELETE", "/api/session",                      "delete_session",     viewer,   h::delete_session(ctx)},
      {"POST",   "/api/companies",                    "create_company",     platform, h::create_company(ctx), creates},
      {"GET",    "/api/companies",                    "list_companies",     viewer,   h::list_companies(ctx)},
      {"GET",    "/api/companies/{companyId}",        "get_company",        viewer,   h::get_company(ctx)},
      {"PATCH",  "/api/companies/{companyId}",        "patch_company",      admin,    h::patch_company(ctx)},
      {"DELETE", "/api/companies/{companyId}",        "delete_company",     platform, h::delete_company(ctx)},
      {"GET",    "/api/companies/{companyId}/readiness", "get_readiness",   viewer,   h::get_readiness(ctx)},
      {"GET",    "/api/companies/{companyId}/twilio/config", "get_twilio_config", viewer, h::get_twilio_config(ctx)},
      {"PUT",    "/api/companies/{companyId}/twilio/config", "put_twilio_config", admin, h::put_twilio_config(ctx)},
      {"GET",    "/api/companies/{companyId}/numbers", "list_numbers",      viewer,   h::list_numbers(ctx)},
      {"POST",   "/api/companies/{companyId}/numbers", "add_number",        admin,    h::add_number(ctx), creates},
      {"POST",   "/api/companies/{companyId}/twilio/test", "test_twilio_config", admin, h::test_twilio_config(ctx)},
      {"GET",    "/api/companies/{companyId}/calls",  "list_calls",         viewer,   h::list_calls(ctx)},
      {"GET",    "/api/companies/{companyId}/calls/{callId}", "get_call",   viewer,   h::get_call(ctx)},
      {"GET",    "/api/companies/{companyId}/calls/{callId}/recording", "get_recording", viewer, h::get_recording(ctx)},
      {"GET",    "/api/companies/{companyId}/messages", "list_messages",    viewer,   h::list_messages(ctx)},
      {"POST",   "/api/messages",                     "send_message",       admin,    h::send_message(ctx), creates},
      {"POST",   "/api/messages/{messageId}/resolve", "resolve_message",    admin,    h::resolve_message(ctx)},
      {"GET",    "/api/messages/{messageId}",         "get_message",        viewer,   h::get_message(ctx)},
      {"GET",    "/api/channels",                     "list_channels",      viewer,   h::list_channels(ctx)},
      {"GET",    "/api/channels/{channelId}",         "get_channel",        viewer,   h::get_channel(ctx)},
      {"GET",    "/api/channels/{channelId}/messages", "list_channel_messages", viewer, h::list_channel_messages(ctx)},
      {"POST",   "/api/channels/{channelId}/read",    "mark_channel_read",  admin,    h::mark_channel_read(ctx)},
      {"GET",    "/api/events",                       "live_events",        viewer,   h::live_events(ctx)},
      {"GET",    "/api/companies/{companyId}/opt-outs", "list_opt_outs",    viewer,   h::list_opt_outs(ctx)},
      {"POST",   "/api/companies/{companyId}/opt-outs", "add_opt_out",      admin,    h::add_opt_out(ctx), creates},
      {"DELETE", "/api/companies/{companyId}/opt-outs/{number}", "remove_opt_out", admin, h::remove_opt_out(ctx)},
      {"GET",    "/api/companies/{companyId}/usage",  "get_usage",          viewer,   h::get_usage(ctx)},
      {"POST",   "/api/companies/{companyId}/quarantine/release", "release_quarantine", admin, h::release_quarantine(ctx)},
      {"GET",    "/api/admin/actors",                 "list_actors",        platform, h::list_actors(ctx)},
      {"GET",    "/api/admin/cluster",                "get_cluster",        platform, h::get_cluster(ctx)},
      {"POST",   "/api/admin/cluster/drain",          "drain_node",         platform, h::drain_node(ctx)},
      {"GET",    "/api/admin/shards",                 "list_shards",        platform, h::list_shards(ctx)},
      {"GET",    "/api/companies/{companyId}/alerts", "list_company_alerts", viewer,  h::list_company_alerts(ctx)},
      {"GET",    "/api/admin/notifications/alerts",   "list_alerts",        platform, h::list_alerts(ctx)},
      {"POST",   "/api/admin/notifications/alerts/{alertId}/acknowledge", "acknowledge_alert", platform, h::acknowledge_alert(ctx)},
      {"GET",    "/api/admin/notifications/dependency-health", "get_dependency_health", platform, h::get_dependency_health(ctx)},
      {"POST",   "/api/admin/notifications/dependency-health/run", "run_dependency_health", platform, h::run_dependency_health(ctx)},
      {"GET",    "/api/admin/audit",                  "list_audit",         platform, h::list_audit(ctx)},
      {"GET",    "/api/admin/numbers/conflicts",      "list_conflicts",     platform, h::list_conflicts(ctx)},
      {"POST",   "/api/admin/keys",                   "create_key",         platform, h::create_key(ctx), creates},
      {"GET",    "/api/admin/keys",                   "list_keys",          platform, h::list_keys(ctx)},
      {"DELETE", "/api/admin/keys/{keyId}",           "delete_key",         platform, h::delete_key(ctx)},
      {"POST",   "/api/admin/master-key/rotate",      "rotate_master_key",  platform, h::rotate_master_key(ctx)},
      {"POST",   "/api/admin/users",                  "put_user",           platform, h::put_user(ctx), creates},
      {"GET",    "/api/admin/users",                  "list_users",         platform, h::list_users(ctx)},
      {"DELETE", "/api/admin/users/{user}",           "delete_user",        platform, h::delete_user(ctx)},
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

/// A handler's exception is answered, whichever thread it comes from.
void guarded(const exchange_ptr& request, const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& problem) {
    log::error(request->id(), "handler failed: {}", problem.what());
    respond_error(*request, {core::ec::internal_error, "", "", {}});
  }
}

void admit(context& ctx, const route& where, const exchange_ptr& request) {
  if (auto may = checks::authorize(where, *request); !may)
    return respond_error(*request, may.error());
  carry_out(ctx, where, request);
}

void handle(context& ctx, const route_table& table, const exchange_ptr& request) {
  auto where = table.find(request->method(), request->path());
  if (!core::is_clean_utf8(request->path())) // no id is such, and no database takes it
    where = {};
  if (!where.found)
    return respond_not_routed(*request, where);
  request->captures = std::move(where.captures);
  const auto& found = *where.found;
  if (found.access == access::open || found.access == access::webhook)
    return found.handle(request);
  checks::authenticate(ctx, request,
                       [&ctx, &found, request] { guarded(request, [&] { admit(ctx, found, request); }); });
}

} // namespace

std::function<void(exchange_ptr)> serve(context& ctx, route_table table) {
  auto shared = std::make_shared<const route_table>(std::move(table));
  return [&ctx, shared](const exchange_ptr& request) { guarded(request, [&] { handle(ctx, *shared, request); }); };
}

} // namespace trunkline::http

#include "http/handlers/calls.hpp"

#include "http/ask.hpp"
#include "http/company_exists.hpp"
#include "http/query.hpp"
#include "http/shapes/call.hpp"
#include "http/shapes/page.hpp"
#include "http/twilio_check.hpp"
#include "json/writer.hpp"

namespace trunkline::http::handlers {

namespace {

auto no_recording() { return core::error{core::ec::not_found, "This call has no recording.", "", {}}; }

/// Nothing that a browser would take for a page, whatever Twilio's answer is called.
void respond_sound(exchange& request, actors::recording_audio sound) {
  const bool audio =
      sound.content_type.starts_with("audio/") && sound.content_type.find_first_of("\r\n") == std::string::npos;
  request.respond({200,
                   audio ? sound.content_type : "application/octet-stream",
                   std::move(sound.bytes),
                   {{"X-Request-Id", request.id().value},
                    {"X-Content-Type-Options", "nosniff"},
                    {"Cache-Control", "private, max-age=3600"}}});
}

void fetch(context& ctx, const exchange_ptr& request, const core::tenant_profile& company,
           const core::call_record& call) {
  const auto recording = core::call_recording::decode(call.facts.recording);
  const auto access = account_of(ctx, company.config);
  if (!recording || recording->status != "completed" || !access)
    return respond_error(*request, no_recording());
  ctx.actors.ask(actors::fetch_recording{*access, recording->sid,
                                         reply_to<actors::recording_audio>(request, [](exchange& asked, auto sound) {
                                           respond_sound(asked, std::move(sound));
                                         })});
}

} // namespace

std::function<void(const exchange_ptr&)> list_calls(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"number", "status", "after", "before", "voicemail"});
    core::call_filter filter;
    filter.tenant = core::tenant_id(std::string(request->captures[0]));
    filter.number = query.phone_number("number", ctx.settings.default_country);
    filter.status = query.one_of("status", {"queued", "initiated", "ringing", "in-progress", "completed", "busy",
                                            "failed", "no-answer", "canceled"});
    filter.after = query.time("after");
    filter.before = query.time("before");
    filter.voicemail_only = query.flag("voicemail");
    const auto wanted = shapes::read_page(*request, query);
    if (!wanted)
      return respond_error(*request, wanted.error());
    if_company_exists(ctx, request, filter.tenant, [&ctx, request, filter, wanted = *wanted] {
      ctx.actors.ask(actors::list_calls{
          filter, wanted.page,
          reply_to<core::page<core::call_record>>(request, [scope = wanted.scope](exchange& asked, auto found) {
            respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& call) {
                           shapes::write_call(out, call);
                           return std::pair(call.facts.started_at.value_or(core::timestamp{}), call.id.value);
                         }));
          })});
    });
  };
}

std::function<void(const exchange_ptr&)> get_recording(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const core::tenant_id id{std::string(request->captures[0])};
    const core::call_id call{std::string(request->captures[1])};
    ctx.actors.ask(actors::load_profile{
        id, reply_to<core::tenant_profile>(request, [&ctx, request, id, call](exchange&, const auto& company) {
          ctx.actors.ask(actors::find_call{
              id, call,
              reply_to<actors::call_with_events>(request, [&ctx, request, company](exchange&, const auto& found) {
                fetch(ctx, request, company, found.call);
              })});
        })});
  };
}

std::function<void(const exchange_ptr&)> get_call(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const core::tenant_id tenant{std::string(request->captures[0])};
    if_company_exists(ctx, request, tenant, [&ctx, request, tenant] {
      ctx.actors.ask(actors::find_call{tenant, core::call_id(std::string(request->captures[1])),
                                       reply_to<actors::call_with_events>(request, [](exchange& asked, auto found) {
                                         json::writer out;
                                         shapes::write_call(out, found.call, &found.events);
                                         respond_json(asked, 200, out.take());
                                       })});
    });
  };
}

} // namespace trunkline::http::handlers

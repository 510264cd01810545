#include "http/handlers/calls.hpp"

#include "http/ask.hpp"
#include "http/company_exists.hpp"
#include "http/query.hpp"
#include "http/shapes/call.hpp"
#include "http/shapes/page.hpp"
#include "json/writer.hpp"

namespace trunkline::http::handlers {

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
    const auto scope = shapes::scope_of(*request);
    const auto page = query.page(scope);
    if (auto ok = query.ok(); !ok)
      return respond_error(*request, ok.error());
    if_company_exists(ctx, request, filter.tenant, [&ctx, request, filter, page, scope] {
      ctx.actors.ask(actors::list_calls{
          filter, page, reply_to<core::page<core::call_record>>(request, [scope](exchange& asked, auto found) {
            respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& call) {
                           shapes::write_call(out, call);
                           return std::pair(call.facts.started_at.value_or(core::timestamp{}), call.id.value);
                         }));
          })});
    });
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

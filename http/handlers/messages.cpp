#include "http/handlers/messages.hpp"

#include "http/ask.hpp"
#include "http/company_exists.hpp"
#include "http/query.hpp"
#include "http/shapes/message.hpp"
#include "http/shapes/page.hpp"
#include "json/writer.hpp"

namespace trunkline::http::handlers {

std::function<void(const exchange_ptr&)> list_messages(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"number", "status", "direction", "campaignId", "after", "before"});
    core::message_filter filter;
    filter.tenant = core::tenant_id(std::string(request->captures[0]));
    filter.number = query.phone_number("number", ctx.settings.default_country);
    filter.status = query.one_of("status", {"queued", "sending", "unknown", "sent", "delivered", "undelivered",
                                            "failed", "canceled", "read", "received"});
    filter.direction = query.one_of("direction", {"inbound", "outbound"});
    filter.campaign_id = query.text("campaignId");
    filter.after = query.time("after");
    filter.before = query.time("before");
    const auto wanted = shapes::read_page(*request, query);
    if (!wanted)
      return respond_error(*request, wanted.error());
    if_company_exists(ctx, request, filter.tenant, [&ctx, request, filter, wanted = *wanted] {
      ctx.actors.ask(actors::list_messages{
          filter, wanted.page,
          reply_to<core::page<core::message_record>>(request, [scope = wanted.scope](exchange& asked, auto found) {
            respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& message) {
                           shapes::write_message(out, message);
                           return std::pair(message.created_at, message.id.value);
                         }));
          })});
    });
  };
}

std::function<void(const exchange_ptr&)> get_message(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    with_company(ctx, request, [&ctx, request](const core::tenant_id& company) {
      ctx.actors.ask(actors::find_message{company, core::message_id(std::string(request->captures[0])),
                                          reply_to<core::message_record>(request, [](exchange& asked, const auto& one) {
                                            json::writer out;
                                            shapes::write_message(out, one);
                                            respond_json(asked, 200, out.take());
                                          })});
    });
  };
}

} // namespace trunkline::http::handlers

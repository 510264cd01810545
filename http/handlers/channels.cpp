#include "http/handlers/channels.hpp"

#include "http/ask.hpp"
#include "http/company_exists.hpp"
#include "http/query.hpp"
#include "http/shapes/channel.hpp"
#include "http/shapes/message.hpp"
#include "http/shapes/page.hpp"

namespace trunkline::http::handlers {

namespace {

core::channel_id channel_of(const exchange& request) { return core::channel_id(std::string(request.captures[0])); }

} // namespace

std::function<void(const exchange_ptr&)> list_channels(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    with_company(ctx, request, [&ctx, request](const core::tenant_id& company) {
      query_reader query(request->query(), {"communicationType", "unread"});
      core::channel_filter filter;
      filter.tenant = company;
      filter.communication_type = query.one_of("communicationType", {"sms", "whatsapp"});
      filter.unread_only = query.flag("unread");
      const auto wanted = shapes::read_page(*request, query, company);
      if (!wanted)
        return respond_error(*request, wanted.error());
      ctx.actors.ask(actors::list_channels{
          filter, wanted->page,
          reply_to<core::page<core::channel_record>>(
              request, [scope = wanted->scope, now = ctx.clock.now()](exchange& asked, const auto& found) {
                respond_json(asked, 200, shapes::write_page(found, scope, [now](json::writer& out, const auto& row) {
                               shapes::write_channel(out, row, now);
                               return std::pair(row.last_message_at, row.id.value);
                             }));
              })});
    });
  };
}

std::function<void(const exchange_ptr&)> get_channel(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    with_company(ctx, request, [&ctx, request](const core::tenant_id& company) {
      ctx.actors.ask(actors::find_channel{
          company, channel_of(*request),
          reply_to<core::channel_record>(request, [now = ctx.clock.now()](exchange& asked, const auto& channel) {
            json::writer out;
            shapes::write_channel(out, channel, now);
            respond_json(asked, 200, out.take());
          })});
    });
  };
}

std::function<void(const exchange_ptr&)> list_channel_messages(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    with_company(ctx, request, [&ctx, request](const core::tenant_id& company) {
      query_reader query(request->query(), {});
      const auto wanted = shapes::read_page(*request, query, company);
      if (!wanted)
        return respond_error(*request, wanted.error());
      ctx.actors.ask(actors::list_channel_messages{
          company, channel_of(*request), wanted->page,
          reply_to<core::page<core::message_record>>(
              request, [scope = wanted->scope](exchange& asked, const auto& found) {
                respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& message) {
                               shapes::write_message(out, message);
                               return std::pair(message.created_at, message.id.value);
                             }));
              })});
    });
  };
}

std::function<void(const exchange_ptr&)> mark_channel_read(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    with_company(ctx, request, [&ctx, request](const core::tenant_id& company) {
      ctx.actors.ask(actors::mark_channel_read{
          company, channel_of(*request), reply_to_done(request, [](exchange& asked) { respond_nothing(asked); })});
    });
  };
}

} // namespace trunkline::http::handlers

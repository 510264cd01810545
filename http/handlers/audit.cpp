#include "http/handlers/audit.hpp"

#include "http/ask.hpp"
#include "http/query.hpp"
#include "http/shapes/page.hpp"

namespace trunkline::http::handlers {

namespace {

void write_entry(json::writer& out, const core::audit_entry& entry) {
  out.begin_object().field("id", entry.id).field("at", entry.at);
  out.key("actor")
      .begin_object()
      .field("kind", entry.by.who.kind)
      .field("id", entry.by.who.id)
      .field("role", core::to_string(entry.by.who.role))
      .end_object();
  out.field("action", entry.action)
      .field("companyId", entry.company.empty() ? std::nullopt : std::optional(entry.company.value))
      .field("target", entry.target);
  out.key("before").raw(entry.before).key("after").raw(entry.after);
  out.field("requestId", entry.by.request.empty() ? std::nullopt : std::optional(entry.by.request.value)).end_object();
}

void write_conflict(json::writer& out, const core::number_conflict& conflict) {
  out.begin_object().field("phoneNumber", conflict.number).key("companies").begin_array();
  for (const auto& holder : conflict.holders)
    out.begin_object()
        .field("id", holder.company.value)
        .field("companyName", holder.name)
        .field("field", holder.field)
        .end_object();
  out.end_array().end_object();
}

} // namespace

std::function<void(const exchange_ptr&)> list_audit(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"companyId", "after", "before"});
    core::audit_filter filter;
    filter.company = core::tenant_id(query.text("companyId"));
    filter.after = query.time("after");
    filter.before = query.time("before");
    const auto wanted = shapes::read_page(*request, query);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ctx.actors.ask(actors::list_audit{
        filter, wanted->page,
        reply_to<core::page<core::audit_entry>>(request, [scope = wanted->scope](exchange& asked, const auto& found) {
          respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& entry) {
                         write_entry(out, entry);
                         return std::pair(entry.at, entry.id);
                       }));
        })});
  };
}

std::function<void(const exchange_ptr&)> list_conflicts(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto wanted = shapes::read_page(*request);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ctx.actors.ask(actors::list_conflicts{
        wanted->page, reply_to<core::page<core::number_conflict>>(request, [scope = wanted->scope](exchange& asked,
                                                                                                   const auto& found) {
          respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& conflict) {
                         write_conflict(out, conflict);
                         return std::pair(core::timestamp{}, conflict.number.str());
                       }));
        })});
  };
}

} // namespace trunkline::http::handlers

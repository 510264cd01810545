#include "http/handlers/companies.hpp"

#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/etag.hpp"
#include "http/query.hpp"
#include "http/shapes/company.hpp"
#include "http/shapes/page.hpp"
#include "json/words.hpp"
#include "json/writer.hpp"

namespace trunkline::http::handlers {

namespace {

constexpr size_t company_id_characters = 12;

shapes::company_view view_of(const context& ctx, const core::tenant_id& id) {
  return {ctx.actors.numbers().platform_usable(), ctx.actors.quarantined(id)};
}

/// Numbers are assigned by provisioning, which this version does not have: its pool is empty and it buys none.
std::string_view why_no_number(const context& ctx, const shapes::new_company& wanted) {
  if (!wanted.assign_phone)
    return "not_requested";
  return ctx.actors.numbers().platform_usable() ? "no_numbers_available" : "twilio_not_configured";
}

/// Grows with everything that the answer shows: the row, the configuration, the quarantine.
int64_t version_of(const context& ctx, const core::tenant_profile& company) {
  return (company.tenant.version << 32) + company.config.version * 2 +
         (ctx.actors.quarantined(company.tenant.id) ? 1 : 0);
}

void respond_company(const context& ctx, exchange& request, int status, const core::tenant_profile& company,
                     std::string_view no_number_because = "not_requested") {
  json::writer out;
  auto view = view_of(ctx, company.tenant.id);
  view.no_number_because = no_number_because;
  shapes::write_company(out, company, view);
  respond_tagged(request, status, out.take(), version_of(ctx, company), "/api/companies/" + company.tenant.id.value);
}

std::optional<core::credential_source> source_named(std::string_view name) {
  using core::credential_source;
  for (auto source : {credential_source::company, credential_source::platform, credential_source::none})
    if (json::to_string(source) == name)
      return source;
  return std::nullopt;
}

void store_change(context& ctx, const exchange_ptr& request, const core::tenant_profile& current,
                  const core::tenant_change& change, bool conditional) {
  if (change.empty())
    return respond_company(ctx, *request, 200, current);
  const auto version = conditional ? std::optional(current.tenant.version) : std::nullopt;
  ctx.actors.ask(actors::change_company{current.tenant.id, version, change, request->author(),
                                        reply_to<core::tenant_profile>(request, [&ctx](exchange& asked, auto changed) {
                                          respond_company(ctx, asked, 200, changed);
                                        })});
}

} // namespace

std::function<void(const exchange_ptr&)> create_company(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    auto wanted = shapes::read_new_company(*body);
    if (!wanted)
      return respond_error(*request, wanted.error());
    auto& company = wanted->tenant;
    company.id = core::tenant_id(request->new_id("co_", "company", company_id_characters));
    company.created_at = company.updated_at = ctx.clock.now();
    ctx.actors.ask(actors::create_company{
        company, request->author(),
        reply_to<core::tenant_profile>(request,
                                       [&ctx, reason = why_no_number(ctx, *wanted)](exchange& asked, auto created) {
                                         respond_company(ctx, asked, 201, created, reason);
                                       })});
  };
}

std::function<void(const exchange_ptr&)> list_companies(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"q", "phoneNumber", "credentialSource", "state"});
    core::tenant_filter filter;
    filter.id = request->who.company;
    filter.name_part = query.text("q");
    filter.phone_number = query.phone_number("phoneNumber", ctx.settings.default_country);
    filter.source = source_named(query.one_of("credentialSource", {"company", "platform", "none"}));
    if (const auto state = query.one_of("state", {"active", "quarantined"}); !state.empty())
      filter.state = state == "active" ? core::tenant_state::active : core::tenant_state::quarantined;
    const auto wanted = shapes::read_page(*request, query);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ctx.actors.ask(actors::list_companies{
        filter, wanted->page,
        reply_to<core::page<core::tenant_profile>>(request, [&ctx, scope = wanted->scope](exchange& asked, auto found) {
          respond_json(asked, 200, shapes::write_page(found, scope, [&](json::writer& out, const auto& company) {
                         shapes::write_company(out, company, view_of(ctx, company.tenant.id));
                         return std::pair(company.tenant.created_at, company.tenant.id.value);
                       }));
        })});
  };
}

std::function<void(const exchange_ptr&)> get_company(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    ctx.actors.ask(actors::load_profile{core::tenant_id(std::string(request->captures[0])),
                                        reply_to<core::tenant_profile>(request, [&ctx](exchange& asked, auto found) {
                                          if (!not_modified(asked, version_of(ctx, found)))
                                            respond_company(ctx, asked, 200, found);
                                        })});
  };
}

std::function<void(const exchange_ptr&)> patch_company(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    auto change = shapes::read_company_change(*body);
    if (!change)
      return respond_error(*request, change.error());
    const auto wanted = if_match(*request);
    if (!wanted)
      return respond_error(*request, wanted.error());
    const core::tenant_id id{std::string(request->captures[0])};
    ctx.actors.ask(actors::load_profile{
        id, reply_to<core::tenant_profile>(request, [&ctx, request, wanted, change](exchange& asked, auto current) {
          if (*wanted && **wanted != version_of(ctx, current))
            return respond_error(asked, {core::ec::etag_mismatch, "", "", {}});
          store_change(ctx, request, current, *change, wanted->has_value());
        })});
  };
}

std::function<void(const exchange_ptr&)> delete_company(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const core::tenant_id id{std::string(request->captures[0])};
    ctx.actors.ask(actors::remove_company{id, request->author(), reply_to_done(request, [&ctx, id](exchange& asked) {
                                            ctx.keys.forget_company(id);
                                            respond_nothing(asked);
                                          })});
  };
}

std::function<void(const exchange_ptr&)> release_quarantine(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const core::tenant_id id{std::string(request->captures[0])};
    ctx.actors.ask(actors::load_profile{
        id, reply_to<core::tenant_profile>(request, [&ctx, request, id](exchange&, auto) {
          ctx.actors.ask(actors::release_quarantine{
              id, request->author(), reply_to<core::tenant_profile>(request, [&ctx](exchange& asked, auto released) {
                respond_company(ctx, asked, 200, released);
              })});
        })});
  };
}

} // namespace trunkline::http::handlers

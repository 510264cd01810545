#include "http/handlers/opt_outs.hpp"

#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/company_exists.hpp"
#include "http/path_number.hpp"
#include "http/shapes/opt_out.hpp"
#include "http/shapes/page.hpp"

namespace trunkline::http::handlers {

std::function<void(const exchange_ptr&)> list_opt_outs(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const core::tenant_id company{std::string(request->captures[0])};
    const auto wanted = shapes::read_page(*request);
    if (!wanted)
      return respond_error(*request, wanted.error());
    if_company_exists(ctx, request, company, [&ctx, request, company, wanted = *wanted] {
      ctx.actors.ask(actors::list_opt_outs{
          company, wanted.page,
          reply_to<core::page<core::opt_out>>(request, [scope = wanted.scope](exchange& asked, const auto& found) {
            respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& entry) {
                           shapes::write_opt_out(out, entry);
                           return std::pair(entry.created_at, entry.number.str());
                         }));
          })});
    });
  };
}

std::function<void(const exchange_ptr&)> add_opt_out(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    const core::tenant_id company{std::string(request->captures[0])};
    ctx.actors.ask(actors::load_profile{
        company, reply_to<core::tenant_profile>(request, [&ctx, request, company](exchange& asked, const auto& found) {
          const auto number = shapes::read_opt_out(request->body(), found.tenant.country);
          if (!number)
            return respond_error(asked, number.error());
          ctx.actors.ask(actors::add_opt_out{
              company, *number, request->author(),
              reply_to<core::opt_out>(request, [company](exchange& added, const auto& entry) {
                json::writer out;
                shapes::write_opt_out(out, entry);
                const auto place = "/api/companies/" + company.value + "/opt-outs/" + entry.number.str();
                respond_json(added, 201, out.take(), {{"Location", place}});
              })});
        })});
  };
}

std::function<void(const exchange_ptr&)> remove_opt_out(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const core::tenant_id company{std::string(request->captures[0])};
    if_company_exists(ctx, request, company, [&ctx, request, company] {
      const auto number = path_number(request->captures[1]);
      if (!number)
        return respond_error(*request, {core::ec::not_found, "This number has not opted out.", "", {}});
      ctx.actors.ask(actors::remove_opt_out{company, *number, request->author(),
                                            reply_to_done(request, [](exchange& asked) { respond_nothing(asked); })});
    });
  };
}

} // namespace trunkline::http::handlers

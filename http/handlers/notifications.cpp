#include "http/handlers/notifications.hpp"

#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/company_exists.hpp"
#include "http/query.hpp"
#include "http/shapes/health.hpp"
#include "http/shapes/page.hpp"
#include "json/alert.hpp"

namespace trunkline::http::handlers {

namespace {

actors::reply<health::report> reply_with_report(const exchange_ptr& request) {
  return reply_to<health::report>(request, [](exchange& asked, const auto& report) {
    json::writer out;
    shapes::write_health(out, report);
    respond_json(asked, 200, out.take());
  });
}

/// Asks about everything, or about a company if there is one.
template <class Question>
void ask_about(context& ctx, const exchange_ptr& request, const core::tenant_id& company) {
  const auto ask = [&ctx, request, company] { ctx.actors.ask(Question{company, reply_with_report(request)}); };
  if (company.empty())
    return ask();
  if_company_exists(ctx, request, company, ask);
}

void read_state_and_code(query_reader& query, core::alert_filter& filter) {
  filter.state = core::parse_alert_state(query.one_of("state", {"open", "acknowledged", "resolved"}));
  filter.code = core::parse_alert_code(query.one_of(
      "code", {"DEPENDENCY_HEALTH_CRITICAL", "COMPANY_QUARANTINED", "SIGNATURE_REJECTED", "NEXT_TOKEN_MATCHED",
               "NUMBER_DRIFT", "VOICE_FALLBACK", "CAMPAIGN_PAUSED", "SPEND_CAP_REACHED", "NODE_LOST"}));
}

void ask_for_alerts(context& ctx, const exchange_ptr& request, const core::alert_filter& filter,
                    const shapes::wanted_page& wanted) {
  ctx.actors.ask(actors::list_alerts{
      filter, wanted.page,
      reply_to<core::page<core::alert>>(request, [scope = wanted.scope](exchange& asked, const auto& found) {
        respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const core::alert& alert) {
                       json::write_alert(out, alert);
                       return std::pair(alert.opened_at, alert.id.value);
                     }));
      })});
}

} // namespace

std::function<void(const exchange_ptr&)> get_dependency_health(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"companyId"});
    const core::tenant_id company(query.text("companyId"));
    if (auto ok = query.ok(); !ok)
      return respond_error(*request, ok.error());
    ask_about<actors::read_health>(ctx, request, company);
  };
}

std::function<void(const exchange_ptr&)> run_dependency_health(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    core::tenant_id company;
    if (!request->body().empty()) {
      const auto body = checks::json_body(*request);
      if (!body)
        return respond_error(*request, body.error());
      auto named = shapes::read_health_run(*body);
      if (!named)
        return respond_error(*request, named.error());
      company = std::move(*named);
    }
    ask_about<actors::run_health>(ctx, request, company);
  };
}

std::function<void(const exchange_ptr&)> list_alerts(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"state", "companyId", "code"});
    core::alert_filter filter;
    read_state_and_code(query, filter);
    filter.company = core::tenant_id(query.text("companyId"));
    const auto wanted = shapes::read_page(*request, query);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ask_for_alerts(ctx, request, filter, *wanted);
  };
}

std::function<void(const exchange_ptr&)> list_company_alerts(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"state", "code"});
    core::alert_filter filter;
    read_state_and_code(query, filter);
    filter.company = core::tenant_id(std::string(request->captures[0]));
    const auto wanted = shapes::read_page(*request, query);
    if (!wanted)
      return respond_error(*request, wanted.error());
    if_company_exists(ctx, request, filter.company,
                      [&ctx, request, filter, wanted = *wanted] { ask_for_alerts(ctx, request, filter, wanted); });
  };
}

std::function<void(const exchange_ptr&)> acknowledge_alert(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    ctx.actors.ask(actors::acknowledge_alert{core::alert_id(std::string(request->captures[0])), request->author(),
                                             reply_to<core::alert>(request, [](exchange& asked, const auto& alert) {
                                               json::writer out;
                                               json::write_alert(out, alert);
                                               respond_json(asked, 200, out.take());
                                             })});
  };
}

} // namespace trunkline::http::handlers

#include "http/handlers/readiness.hpp"

#include "http/ask.hpp"
#include "json/writer.hpp"
#include "routing/readiness.hpp"

namespace trunkline::http::handlers {

namespace {

routing::readiness_evidence evidence_of(const core::tenant_facts& facts) {
  routing::readiness_evidence seen;
  if (facts.account) {
    seen.credentials_accepted = facts.account->accepted;
    seen.account_active = facts.account->accepted && facts.account->status == "active";
    if (facts.account->accepted)
      seen.account_paid = facts.account->type != "Trial";
    seen.healthy = seen.account_active;
  }
  seen.account_not_shared = !facts.account_shared;
  seen.number_unique = !facts.number_shared;
  seen.number_in_account = facts.numbers_in_account;
  seen.test_call = facts.call_answered;
  seen.test_message = facts.message_arrived;
  return seen;
}

std::optional<std::string_view> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

void respond_checks(exchange& request, const core::tenant_id& id, const std::vector<routing::readiness_check>& checks) {
  json::writer out;
  out.begin_object().field("companyId", id.value).field("ready", routing::is_ready(checks));
  out.key("checks").begin_array();
  for (const auto& check : checks)
    out.begin_object()
        .field("code", check.code)
        .field("status", routing::to_string(check.status))
        .field("title", check.title)
        .field("detail", check.detail)
        .field("fix", or_null(check.fix))
        .field("fixPage", or_null(check.fix_page))
        .end_object();
  out.end_array().end_object();
  respond_json(request, 200, out.take());
}

} // namespace

std::function<void(const exchange_ptr&)> get_readiness(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const core::tenant_id id{std::string(request->captures[0])};
    ctx.actors.ask(actors::load_profile{
        id, reply_to<core::tenant_profile>(request, [&ctx, request, id](exchange&, auto company) {
          ctx.actors.ask(actors::load_facts{
              id, reply_to<core::tenant_facts>(request, [&ctx, company](exchange& asked, auto facts) {
                const bool platform = ctx.actors.numbers().platform_usable();
                respond_checks(asked, company.tenant.id, routing::readiness(company, platform, evidence_of(facts)));
              })});
        })});
  };
}

} // namespace trunkline::http::handlers

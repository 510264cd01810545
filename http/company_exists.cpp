#include "http/company_exists.hpp"

#include "http/ask.hpp"
#include "http/checks/authorize.hpp"

namespace trunkline::http {

void if_company_exists(context& ctx, const exchange_ptr& request, const core::tenant_id& company,
                       std::function<void()> go_on) {
  ctx.actors.ask(actors::load_profile{
      company, reply_to<core::tenant_profile>(request, [go_on = std::move(go_on)](exchange&, auto) { go_on(); })});
}

void with_company(context& ctx, const exchange_ptr& request, std::function<void(const core::tenant_id&)> go_on) {
  const auto company = checks::company_of(*request);
  if (!company)
    return respond_error(*request, company.error());
  if (!request->who.company.empty()) // a company's keys and users go with it
    return go_on(*company);
  if_company_exists(ctx, request, *company, [company = *company, go_on = std::move(go_on)] { go_on(company); });
}

} // namespace trunkline::http

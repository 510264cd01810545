#include "http/company_exists.hpp"

#include "http/ask.hpp"

namespace trunkline::http {

void if_company_exists(context& ctx, const exchange_ptr& request, const core::tenant_id& company,
                       std::function<void()> go_on) {
  ctx.actors.ask(actors::load_profile{
      company, reply_to<core::tenant_profile>(request, [go_on = std::move(go_on)](exchange&, auto) { go_on(); })});
}

} // namespace trunkline::http

#include "http/put_config.hpp"

#include "http/ask.hpp"
#include "http/twilio_check.hpp"
#include "json/tenant_config.hpp"

#include <algorithm>

namespace trunkline::http {

namespace {

bool same_numbers(const core::tenant_config& a, const core::tenant_config& b) {
  return a.legacy_number == b.legacy_number && a.whatsapp_number == b.whatsapp_number &&
         std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(), b.numbers.end(),
                    [](const auto& mine, const auto& other) { return mine.number == other.number; });
}

using answer = std::function<void(exchange&, const core::tenant_config& stored)>;

/// Merged into what was read, so it may only replace exactly that; a lost race is told as such.
void store(context& ctx, const exchange_ptr& request, const core::tenant_profile& current, checked_config checked,
           answer then) {
  const auto& id = current.tenant.id;
  ctx.actors.ask(actors::put_config{
      id, current.config.version, std::move(checked.config), request->author(),
      reply_to<core::tenant_config>(
          request, [&ctx, id, account = checked.account, then = std::move(then)](exchange& asked, auto stored) {
            if (account)
              ctx.actors.ask(actors::put_account_check{id, *account, actors::reply<void>([](const auto&) {})});
            then(asked, stored);
          })});
}

} // namespace

void put_config(context& ctx, const exchange_ptr& request, const core::tenant_profile& current,
                const json::config_change& change, answer then) {
  auto next = json::apply(current.config, change);
  if (!next)
    return respond_error(*request, next.error());
  auto ask_twilio = [&ctx, request, current, next = *next, then = std::move(then)](exchange&) {
    check_with_twilio(ctx, request, current.config, next, [&ctx, request, current, then](auto checked) {
      store(ctx, request, current, std::move(checked), then);
    });
  };
  if (same_numbers(current.config, *next))
    return ask_twilio(*request);
  ctx.actors.ask(
      actors::check_numbers{current.tenant.id, std::move(*next), reply_to_done(request, std::move(ask_twilio))});
}

} // namespace trunkline::http

#include "http/handlers/twilio_config.hpp"

#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/etag.hpp"
#include "http/put_config.hpp"
#include "http/twilio_check.hpp"
#include "json/tenant_config.hpp"
#include "json/writer.hpp"
#include "twilio/error_table.hpp"

namespace trunkline::http::handlers {

namespace {

/// The webhook URLs to enter at Twilio: those of the primary number, or the company's own while it has none.
json::config_view view_of(const context& ctx, const core::tenant_config& config) {
  auto hook = config.hook;
  for (const auto& number : config.numbers)
    if (config.primary_number() == &number.number)
      hook = number.hook;
  const auto base = ctx.settings.hooks_base + hook.value;
  json::config_view view;
  view.source = core::source_of(config, ctx.actors.numbers().platform_usable());
  view.urls = {base + "/voice", base + "/sms", base + "/status"};
  return view;
}

void respond_config(const context& ctx, exchange& request, const core::tenant_config& config) {
  json::writer out;
  json::write_config(out, config, view_of(ctx, config));
  respond_tagged(request, 200, out.take(), config.version);
}

struct test_result {
  bool ok = false;
  std::optional<std::string> status, type, error;
};

test_result result_of(const core::expected<actors::account_state>& account) {
  if (account)
    return {account->status == "active", account->status, account->type,
            account->status == "active" ? std::nullopt
                                        : std::optional("The Twilio account is " + account->status + ".")};
  const auto& said = account.error().twilio;
  const auto words = said && said->code != 0 ? std::string(twilio::describe_error(said->code).message) + ": " : "";
  return {false, std::nullopt, std::nullopt, words + account.error().detail};
}

void respond_test(exchange& request, const test_result& result, int64_t latency_ms) {
  json::writer out;
  out.begin_object()
      .field("ok", result.ok)
      .field("accountStatus", result.status)
      .field("accountType", result.type)
      .field("latencyMs", latency_ms)
      .field("error", result.error)
      .end_object();
  respond_json(request, 200, out.take());
}

/// Its answer is what counts, whichever it is; what Twilio said of the account is kept.
void test_account(context& ctx, const exchange_ptr& request, const core::tenant_profile& company) {
  const auto access = account_of(ctx, company.config);
  if (!access)
    return respond_error(*request, {core::ec::twilio_not_configured, "", "", {}});
  const bool own = !company.config.credentials.account_sid.empty();
  const auto begun = ctx.clock.now();
  ctx.actors.ask(actors::fetch_account{
      *access, actors::reply<actors::account_state>([&ctx, request, begun, own, id = company.tenant.id](auto account) {
        const auto now = ctx.clock.now();
        const bool refused = !account && account.error().code == core::ec::twilio_credentials_rejected;
        if (own && (account || refused))
          ctx.actors.ask(
              actors::put_account_check{id,
                                        {now, !refused, refused ? "" : account->status, refused ? "" : account->type},
                                        actors::reply<void>([](const auto&) {})});
        respond_test(*request, result_of(account), account ? account->latency_ms : now.ms - begun.ms);
      })});
}

} // namespace

std::function<void(const exchange_ptr&)> get_twilio_config(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    ctx.actors.ask(actors::load_profile{core::tenant_id(std::string(request->captures[0])),
                                        reply_to<core::tenant_profile>(request, [&ctx](exchange& asked, auto found) {
                                          if (!not_modified(asked, found.config.version))
                                            respond_config(ctx, asked, found.config);
                                        })});
  };
}

std::function<void(const exchange_ptr&)> put_twilio_config(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    const auto wanted_version = if_match(*request);
    ctx.actors.ask(actors::load_profile{
        core::tenant_id(std::string(request->captures[0])),
        reply_to<core::tenant_profile>(request, [&ctx, request, wanted_version](exchange&, auto current) {
          const auto change = json::read_config_change(request->body(), current.tenant.country);
          if (!change)
            return respond_error(*request, change.error());
          if (!wanted_version)
            return respond_error(*request, wanted_version.error());
          if (*wanted_version && **wanted_version != current.config.version)
            return respond_error(*request, {core::ec::etag_mismatch, "", "", {}});
          put_config(ctx, request, current, *change,
                     [&ctx](exchange& asked, const auto& stored) { respond_config(ctx, asked, stored); });
        })});
  };
}

std::function<void(const exchange_ptr&)> test_twilio_config(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    ctx.actors.ask(
        actors::load_profile{core::tenant_id(std::string(request->captures[0])),
                             reply_to<core::tenant_profile>(request, [&ctx, request](exchange&, const auto& company) {
                               test_account(ctx, request, company);
                             })});
  };
}

} // namespace trunkline::http::handlers

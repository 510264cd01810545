#include "http/handlers/twilio_config.hpp"

#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/etag.hpp"
#include "json/tenant_config.hpp"
#include "json/writer.hpp"

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

/// Order of API.md section 3: shape, If-Match, rules, one transaction.
void store_change(context& ctx, const exchange_ptr& request, const core::tenant_profile& current,
                  const json::config_change& change, std::optional<int64_t> wanted_version) {
  if (wanted_version && *wanted_version != current.config.version)
    return respond_error(*request, {core::ec::etag_mismatch, "", "", {}});
  auto next = json::apply(current.config, change);
  if (!next)
    return respond_error(*request, next.error());
  // Merged into what was read, so it may only replace exactly that; a lost race is told as such.
  ctx.actors.ask(actors::put_config{current.tenant.id, current.config.version, std::move(*next),
                                    reply_to<core::tenant_config>(request, [&ctx](exchange& asked, auto stored) {
                                      respond_config(ctx, asked, stored);
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
          store_change(ctx, request, current, *change, *wanted_version);
        })});
  };
}

} // namespace trunkline::http::handlers

#include "http/handlers/send_message.hpp"

#include "core/time_zone.hpp"
#include "http/ask.hpp"
#include "http/checks/authorize.hpp"
#include "http/checks/json_body.hpp"
#include "http/shapes/message.hpp"
#include "http/shapes/new_message.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

namespace trunkline::http::handlers {

namespace {

constexpr size_t id_characters = 20;

void respond_message(exchange& request, int status, const core::message_record& message) {
  json::writer out;
  shapes::write_message(out, message);
  respond_json(request, status, out.take(), {{"Location", "/api/messages/" + message.id.value}});
}

/// A body's companyId counts as the header does.
core::expected<core::tenant_id> company_of(const exchange& request, const std::string& named) {
  if (named.empty())
    return checks::company_of(request);
  const auto& own = request.who.company;
  const auto header = request.header("X-Company-Id");
  if ((!own.empty() && own.value != named) || (!header.empty() && header != named))
    return core::fail(core::ec::company_not_found);
  return core::tenant_id(named);
}

bool can_send(const context& ctx, const core::tenant_config& config) {
  return core::source_of(config, ctx.actors.numbers().platform_usable()) != core::credential_source::none;
}

void enqueue(context& ctx, const exchange_ptr& request, const core::tenant_profile& company,
             const shapes::new_message& wanted) {
  const auto now = ctx.clock.now();
  const bool simulated = company.config.mock_mode || ctx.settings.mock_mode;
  auto message = shapes::compose(wanted, company, core::message_id(request->new_id("msg_", "message", id_characters)),
                                 simulated, now);
  if (!message)
    return respond_error(*request, message.error());
  if (!simulated && !can_send(ctx, company.config))
    return respond_error(*request, {core::ec::twilio_not_configured, "", "", {}});
  ctx.actors.ask(actors::enqueue_message{
      std::move(*message), core::send_priority::chat, core::spending_of(company.tenant, company.config, now),
      reply_to<core::message_record>(
          request, [](exchange& asked, const auto& stored) { respond_message(asked, 202, stored); })});
}

/// Who writes to a channel need not say between whom it is.
void find_parties(context& ctx, const exchange_ptr& request, const core::tenant_profile& company) {
  const auto wanted = shapes::read_new_message(request->body(), company.tenant.country);
  if (!wanted)
    return respond_error(*request, wanted.error());
  if (wanted->channel_id.empty())
    return enqueue(ctx, request, company, *wanted);
  ctx.actors.ask(actors::find_channel{
      company.tenant.id, core::channel_id(wanted->channel_id),
      reply_to<core::channel_record>(request, [&ctx, request, company, wanted = *wanted](exchange&, const auto& found) {
        auto full = wanted;
        if (auto agree = shapes::take_from_channel(full, found); !agree)
          return respond_error(*request, agree.error());
        enqueue(ctx, request, company, full);
      })});
}

} // namespace

std::function<void(const exchange_ptr&)> send_message(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    const auto company = company_of(*request, shapes::company_in(*body));
    if (!company)
      return respond_error(*request, company.error());
    ctx.actors.ask(actors::load_profile{
        *company, reply_to<core::tenant_profile>(request, [&ctx, request](exchange&, const auto& profile) {
          find_parties(ctx, request, profile);
        })});
  };
}

std::function<void(const exchange_ptr&)> resolve_message(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto company = checks::company_of(*request);
    if (!company)
      return respond_error(*request, company.error());
    auto body = json::body::parse(request->body());
    if (!body)
      return respond_error(*request, body.error());
    auto fields = body->fields();
    const auto outcome = fields.require("outcome");
    const auto word = outcome ? outcome->one_of({"sent", "not_sent"}) : std::nullopt;
    fields.finish();
    if (auto wrong = body->refused())
      return respond_error(*request, *wrong);
    ctx.actors.ask(
        actors::decide_message{*company, core::message_id(std::string(request->captures[0])), *word == 0,
                               reply_to<core::message_record>(request, [](exchange& asked, const auto& message) {
                                 respond_message(asked, 200, message);
                               })});
  };
}

} // namespace trunkline::http::handlers

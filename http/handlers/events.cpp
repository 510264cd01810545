#include "http/handlers/events.hpp"

#include "http/ask.hpp"
#include "http/browser.hpp"
#include "http/company_exists.hpp"
#include "http/query.hpp"

#include <charconv>

namespace trunkline::http::handlers {

namespace {

/// Who has heard of nothing yet sends none.
core::expected<std::optional<int64_t>> last_event(const exchange& request) {
  const auto times = request.header_count("Last-Event-ID");
  if (times == 0)
    return std::nullopt;
  const auto given = request.header("Last-Event-ID");
  int64_t number = -1;
  const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (times > 1 || failed != std::errc{} || end != given.data() + given.size() || number < 0)
    return core::fail({core::ec::invalid_request,
                       "Last-Event-ID: send the id of the last event, which is a number.",
                       "",
                       {{"", "invalid_header", "Last-Event-ID is not the id of an event"}}});
  return number;
}

/// Browsers cannot set headers here, so a parameter may say it; all that is said must agree.
core::expected<core::tenant_id> company_of(const exchange& request, const std::string& parameter) {
  const std::string header(request.header("X-Company-Id"));
  const auto named = parameter.empty() ? header : parameter;
  const auto& own = request.who.company;
  const bool contradicts =
      (!header.empty() && header != named) || (!own.empty() && !named.empty() && named != own.value);
  if (contradicts)
    return core::fail(core::ec::company_not_found, "No such company.");
  if (!own.empty())
    return own;
  if (named.empty())
    return core::fail(core::ec::company_required, "Send companyId, or use a key of one company.");
  return core::tenant_id(named);
}

void watch(context& ctx, const exchange_ptr& request, actors::watch_company question) {
  if (request->method() == "HEAD")
    return request->respond(
        {200, "text/event-stream", "", {{"Cache-Control", "no-store"}, {"X-Request-Id", request->id().value}}});
  question.viewer = make_browser(ctx, request, question.company);
  if (auto watched = ctx.actors.events().watch(std::move(question)); !watched)
    respond_error(*request, watched.error());
}

/// Another company's channel is not there.
void watch_channel(context& ctx, const exchange_ptr& request, const actors::watch_company& question) {
  if (question.channel.empty())
    return watch(ctx, request, question);
  ctx.actors.ask(actors::find_channel{question.company, question.channel,
                                      reply_to<core::channel_record>(request, [&ctx, request, question](auto&, auto) {
                                        watch(ctx, request, question);
                                      })});
}

} // namespace

std::function<void(const exchange_ptr&)> live_events(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"channel_id", "companyId"});
    query.refuse_pages();
    actors::watch_company question;
    question.channel = core::channel_id(query.text("channel_id"));
    const auto named = query.text("companyId");
    if (auto ok = query.ok(); !ok)
      return respond_error(*request, ok.error());
    const auto after = last_event(*request);
    if (!after)
      return respond_error(*request, after.error());
    question.after = *after;
    const auto company = company_of(*request, named);
    if (!company)
      return respond_error(*request, company.error());
    question.company = *company;
    if (!request->who.company.empty()) // a company's keys and users go with it
      return watch_channel(ctx, request, question);
    if_company_exists(ctx, request, *company, [&ctx, request, question] { watch_channel(ctx, request, question); });
  };
}

} // namespace trunkline::http::handlers

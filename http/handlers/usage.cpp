#include "http/handlers/usage.hpp"

#include "core/prices.hpp"
#include "core/time_zone.hpp"
#include "http/ask.hpp"
#include "http/query.hpp"
#include "json/writer.hpp"

#include <fmt/chrono.h>

namespace trunkline::http::handlers {

namespace {

using std::chrono::sys_days;

struct span {
  std::optional<sys_days> from, to;
};

span read_span(query_reader& query) {
  constexpr auto longest = std::chrono::days(366);
  const span asked{query.day("from"), query.day("to")};
  if (asked.from && asked.to && (*asked.to < *asked.from || *asked.to - *asked.from >= longest))
    query.refuse("to", "Use a day of the year after from");
  return asked;
}

/// What is left open: 30 days, the last of them today.
std::pair<sys_days, sys_days> closed(const span& asked, sys_days today) {
  constexpr auto month = std::chrono::days(29);
  const auto last = asked.to.value_or(asked.from ? std::min(*asked.from + month, std::max(today, *asked.from)) : today);
  return {asked.from.value_or(last - month), last};
}

void respond_usage(exchange& request, sys_days last, const std::vector<core::usage_day>& days) {
  json::writer out;
  out.begin_object().key("data").begin_array();
  for (auto day = days.rbegin(); day != days.rend(); ++day, last -= std::chrono::days(1)) {
    const core::money cost{day->call_minutes * core::price_per_call_minute.units +
                           day->segments_out * core::price_per_segment.units};
    out.begin_object()
        .field("day", fmt::format("{:%Y-%m-%d}", last))
        .field("callsIn", day->calls_in)
        .field("callMinutes", day->call_minutes)
        .field("messagesIn", day->messages_in)
        .field("messagesOut", day->messages_out)
        .field("segmentsOut", day->segments_out)
        .field("cost", cost)
        .field("currency", "USD")
        .field("estimated", true)
        .end_object();
  }
  out.end_array().null_field("nextCursor").end_object();
  respond_json(request, 200, out.take());
}

} // namespace

std::function<void(const exchange_ptr&)> get_usage(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    query_reader query(request->query(), {"from", "to"});
    const auto asked_span = read_span(query);
    if (auto ok = query.ok(); !ok)
      return respond_error(*request, ok.error());
    const core::tenant_id id{std::string(request->captures[0])};
    ctx.actors.ask(actors::load_profile{
        id, reply_to<core::tenant_profile>(request, [&ctx, request, asked_span](exchange&, const auto& company) {
          const auto& zone = company.tenant.time_zone;
          const auto days = closed(asked_span, core::day_in_zone(zone, ctx.clock.now()));
          ctx.actors.ask(actors::sum_usage{
              company.tenant.id, core::days_in_zone(zone, days.first, days.second),
              reply_to<std::vector<core::usage_day>>(request, [last = days.second](exchange& asked, const auto& used) {
                respond_usage(asked, last, used);
              })});
        })});
  };
}

} // namespace trunkline::http::handlers

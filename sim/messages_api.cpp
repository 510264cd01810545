#include "sim/api.hpp"
#include "sim/message_lifecycle.hpp"
#include "sim/message_rules.hpp"
#include "sim/paging.hpp"
#include "sim/render.hpp"

namespace trunkline::sim {

namespace {

response create(api_call& call) {
  auto checked = check_message(call.form, call.owner, call.sim.data, call.now());
  if (!checked)
    return to_response(checked.error());
  checked->sid = call.sim.sids.next(checked->media > 0 ? "MM" : "SM");
  checked->created_at = checked->updated_at = call.now();
  const auto sms = call.sim.data.messages.insert(std::move(*checked));
  json_writer json;
  json.object().field("to", sms->to).text_or_null("from", sms->from).field("body", sms->body);
  json.text_or_null("statusCallback", sms->status_callback).field("status", sms->status).end_object();
  call.sim.book.add(call.now(), "message", sms->account_sid, sms->sid, std::move(json).text());
  response created{201, to_json(*sms)};
  start_life(call.sim, sms);
  return created;
}

/// Nothing, a day ("2026-01-31") or a moment.
answer<std::optional<core::timestamp>> read_date(const api_call& call, const char* name, const char* time_of_day) {
  if (!call.query.has(name))
    return std::optional<core::timestamp>();
  std::string text(call.query.get(name));
  if (text.size() == 10)
    text += time_of_day;
  const auto at = core::parse_rfc3339(text);
  if (!at)
    return refuse(20001);
  return std::optional(*at);
}

response list(api_call& call) {
  constexpr const char *day_start = "T00:00:00Z", *day_end = "T23:59:59.999Z";
  const auto on = read_date(call, "DateSent", day_start), on_end = read_date(call, "DateSent", day_end);
  const auto from = read_date(call, "DateSent>", day_start), until = read_date(call, "DateSent<", day_end);
  if (!on || !from || !until)
    return to_response(error_of(20001));
  const auto sent_in_range = [&](const message& sms) {
    if (!*on && !*from && !*until)
      return true;
    // Not sent yet: in no range, as at Twilio, which is why nobody should look for a lost message by DateSent.
    return sms.sent_at && (!*on || (*sms.sent_at >= **on && *sms.sent_at <= **on_end)) &&
           (!*from || *sms.sent_at >= **from) && (!*until || *sms.sent_at <= **until);
  };
  const auto lag = call.sim.faults.list_lag_ms({false, call.method, call.path, call.owner.sid});
  const auto visible_before = call.now().ms - lag;
  const auto to = call.query.get("To"), sender = call.query.get("From");
  const auto keep = [&](const message& sms) {
    return (lag == 0 || sms.created_at.ms <= visible_before) && (to.empty() || sms.to == to) &&
           (sender.empty() || sms.from == sender) && sent_in_range(sms);
  };
  return list_rows(call.path, call.query, "messages", call.sim.data.messages.of_account(call.owner.sid), keep,
                   [](json_writer& json, const message& sms) { write(json, sms); });
}

response update(api_call& call, message& sms) {
  const auto status = call.form.get("Status");
  if (status == "canceled" && (sms.status == "scheduled" || sms.status == "accepted" || sms.status == "queued"))
    sms.status = "canceled";
  else if (!status.empty())
    return to_response(error_of(20001));
  if (call.form.has("Body") && !call.form.get("Body").empty())
    return to_response(error_of(20001)); // a text can be taken away, not changed
  if (call.form.has("Body"))
    sms.body.clear();
  sms.updated_at = call.now();
  return {200, to_json(sms)};
}

} // namespace

response messages_api(api_call& call) {
  if (call.rest.size() == 1)
    return call.is("POST") ? create(call) : call.is("GET") ? list(call) : wrong_method();
  const auto sms = call.sim.data.messages.find(call.owner.sid, std::string(call.rest[1]));
  if (!sms || call.rest.size() > 2)
    return not_found();
  if (call.is("GET"))
    return {200, to_json(*sms)};
  if (call.is("POST"))
    return update(call, *sms);
  if (!call.is("DELETE"))
    return wrong_method();
  call.sim.data.messages.erase(sms);
  return {204, ""};
}

} // namespace trunkline::sim

#include "sim/api.hpp"
#include "sim/call_lifecycle.hpp"
#include "sim/message_rules.hpp"
#include "sim/paging.hpp"
#include "sim/render.hpp"

namespace trunkline::sim {

namespace {

response create(api_call& call) {
  auto checked = check_call(call.form, call.owner, call.sim.data);
  if (!checked)
    return to_response(checked.error());
  checked->sid = call.sim.sids.next("CA");
  checked->created_at = checked->updated_at = call.now();
  const auto placed = call.sim.data.calls.insert(std::move(*checked));
  json_writer json;
  json.object().field("to", placed->to).field("from", placed->from).text_or_null("url", placed->url);
  json.text_or_null("statusCallback", placed->status_callback).end_object();
  call.sim.book.add(call.now(), "call", placed->account_sid, placed->sid, std::move(json).text());
  response created{201, to_json(*placed)};
  start_life(call.sim, placed);
  return created;
}

response list(api_call& call) {
  const auto to = call.query.get("To"), from = call.query.get("From"), status = call.query.get("Status"),
             parent = call.query.get("ParentCallSid");
  const auto lag = call.sim.faults.list_lag_ms({false, call.method, call.path, call.owner.sid});
  const auto visible_before = call.now().ms - lag;
  const auto keep = [&](const sim::call& row) {
    return (lag == 0 || row.created_at.ms <= visible_before) && (to.empty() || row.to == to) &&
           (from.empty() || row.from == from) && (status.empty() || row.status == status) &&
           (parent.empty() || row.parent_call_sid == parent);
  };
  return list_rows(call.path, call.query, "calls", call.sim.data.calls.of_account(call.owner.sid), keep,
                   [](json_writer& json, const sim::call& row) { write(json, row); });
}

response update(api_call& call, const table<sim::call>::pointer& row) {
  const auto status = call.form.get("Status"), url = call.form.get("Url");
  if (!status.empty() && status != "canceled" && status != "completed")
    return to_response(error_of(20001));
  if (!url.empty() && !is_callback_url(url))
    return to_response(error_of(21205));
  const bool waiting = row->status == "queued" || row->status == "ringing";
  if (row->ended() || (status == "canceled" && !waiting))
    return to_response(error_of(21220));
  if (!status.empty())
    end_call(call.sim, row, std::string(status));
  else if (!url.empty()) {
    row->url = url;
    row->method = call.form.get("Method") == "GET" ? "GET" : "POST";
    if (row->status == "in-progress") // a live call goes on with the new instructions
      send_webhook(call.sim, {"call-url", row->account_sid, row->sid, row->url, row->method, voice_params(*row), {}},
                   {});
  }
  row->updated_at = call.now();
  return {200, to_json(*row)};
}

} // namespace

response calls_api(api_call& call) {
  if (call.rest.size() == 1)
    return call.is("POST") ? create(call) : call.is("GET") ? list(call) : wrong_method();
  const auto row = call.sim.data.calls.find(call.owner.sid, std::string(call.rest[1]));
  if (!row || call.rest.size() > 2)
    return not_found();
  if (call.is("GET"))
    return {200, to_json(*row)};
  if (call.is("POST"))
    return update(call, row);
  if (!call.is("DELETE"))
    return wrong_method();
  call.sim.data.calls.erase(row);
  return {204, ""};
}

} // namespace trunkline::sim

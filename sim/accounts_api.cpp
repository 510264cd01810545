#include "sim/api.hpp"
#include "sim/json_writer.hpp"
#include "sim/render.hpp"

namespace trunkline::sim {

namespace {

response show(const account& resource) { return {200, to_json(resource)}; }

response update(api_call& call) {
  const auto status = call.form.get("Status");
  if (!status.empty() && status != "active" && status != "suspended" && status != "closed")
    return to_response(error_of(20001));
  if (!status.empty() && (!call.by_parent || call.owner.status == "closed"))
    return to_response(error_of(20006));
  if (!status.empty())
    call.owner.status = status;
  if (call.form.has("FriendlyName"))
    call.owner.friendly_name = call.form.get("FriendlyName");
  call.owner.updated_at = call.now();
  return show(call.owner);
}

response balance(const api_call& call) {
  const auto* payer = call.sim.data.find_account(call.owner.owner_sid);
  json_writer json;
  json.object().field("account_sid", call.owner.sid).field("balance", payer ? payer->balance : "0.00");
  json.field("currency", "USD").end_object();
  return {200, std::move(json).text()};
}

} // namespace

response account_api(api_call& call) {
  if (call.rest.size() == 1)
    return call.is("GET") ? balance(call) : wrong_method();
  if (!call.rest.empty())
    return not_found();
  if (call.is("GET"))
    return show(call.owner);
  return call.is("POST") ? update(call) : wrong_method();
}

} // namespace trunkline::sim

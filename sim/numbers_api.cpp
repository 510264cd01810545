#include "sim/api.hpp"
#include "sim/available.hpp"
#include "sim/message_rules.hpp"
#include "sim/paging.hpp"
#include "sim/render.hpp"

#include <algorithm>

namespace trunkline::sim {

namespace {

using number_ptr = table<incoming_number>::pointer;

struct text_parameter {
  const char* name;
  std::string incoming_number::*member;
};

constexpr text_parameter url_parameters[] = {{"VoiceUrl", &incoming_number::voice_url},
                                             {"VoiceFallbackUrl", &incoming_number::voice_fallback_url},
                                             {"SmsUrl", &incoming_number::sms_url},
                                             {"SmsFallbackUrl", &incoming_number::sms_fallback_url},
                                             {"StatusCallback", &incoming_number::status_callback}};

constexpr text_parameter method_parameters[] = {{"VoiceMethod", &incoming_number::voice_method},
                                                {"VoiceFallbackMethod", &incoming_number::voice_fallback_method},
                                                {"SmsMethod", &incoming_number::sms_method},
                                                {"SmsFallbackMethod", &incoming_number::sms_fallback_method},
                                                {"StatusCallbackMethod", &incoming_number::status_callback_method}};

constexpr text_parameter plain_parameters[] = {{"VoiceApplicationSid", &incoming_number::voice_application_sid},
                                               {"SmsApplicationSid", &incoming_number::sms_application_sid},
                                               {"TrunkSid", &incoming_number::trunk_sid},
                                               {"AddressSid", &incoming_number::address_sid},
                                               {"BundleSid", &incoming_number::bundle_sid},
                                               {"IdentitySid", &incoming_number::identity_sid}};

/// 0, or why the parameters are refused. `number` is a copy that the caller keeps only when all is well.
int apply(const twilio::form& form, incoming_number& number) {
  if (form.get("FriendlyName").size() > 64)
    return 20001;
  if (form.has("FriendlyName"))
    number.friendly_name = form.get("FriendlyName");
  for (const auto& [name, member] : url_parameters) {
    if (!form.has(name))
      continue;
    if (!form.get(name).empty() && !is_callback_url(form.get(name)))
      return 21402;
    number.*member = form.get(name);
  }
  for (const auto& [name, member] : method_parameters) {
    if (!form.has(name))
      continue;
    if (form.get(name) != "POST" && form.get(name) != "GET")
      return 21403;
    number.*member = form.get(name);
  }
  for (const auto& [name, member] : plain_parameters)
    if (form.has(name))
      number.*member = form.get(name);
  if (form.has("VoiceCallerIdLookup"))
    number.voice_caller_id_lookup = form.get("VoiceCallerIdLookup") == "true";
  // A trunk or an application takes the calls over.
  if (!number.trunk_sid.empty() || !number.voice_application_sid.empty())
    number.voice_url.clear(), number.voice_fallback_url.clear();
  if (!number.voice_fallback_url.empty() && number.voice_url.empty())
    return 21405;
  return !number.sms_fallback_url.empty() && number.sms_url.empty() ? 21406 : 0;
}

/// The number to buy: PhoneNumber, else the first one of AreaCode.
answer<std::string> choose(const api_call& call) {
  const auto wanted = call.form.get("PhoneNumber"), area = call.form.get("AreaCode");
  if (wanted == "+15005550000")
    return refuse(21422);
  if (wanted == "+15005550001" || (!wanted.empty() && !is_e164(wanted)))
    return refuse(21421);
  if (!wanted.empty())
    return std::string(wanted);
  if (!is_area_code(area))
    return refuse(area.empty() ? 21421 : 21451);
  auto offered = offered_numbers(call.sim.data, "US", "Local", area, "", 1);
  if (offered.empty())
    return refuse(21452);
  return std::move(offered.front());
}

bool has_number(const api_call& call) {
  const auto numbers = call.sim.data.numbers.of_account(call.owner.sid);
  return std::ranges::any_of(numbers, [](const auto& number) { return !number->deleted; });
}

response buy(api_call& call) {
  if (call.owner.type == "Trial" && has_number(call))
    return to_response(error_of(21404));
  auto chosen = choose(call);
  if (!chosen)
    return to_response(chosen.error());
  incoming_number number;
  number.sid = call.sim.sids.next("PN");
  number.account_sid = call.owner.sid;
  number.phone_number = std::move(*chosen);
  number.friendly_name = formatted_number(number.phone_number);
  number.type = is_toll_free(number.phone_number) ? "toll free" : "local";
  number.created_at = number.updated_at = call.now();
  if (const int code = apply(call.form, number))
    return to_response(error_of(code));
  const auto bought = call.sim.data.add_number(std::move(number));
  if (!bought)
    return to_response(error_of(21422));
  json_writer json;
  json.object().field("phoneNumber", bought->phone_number).end_object();
  call.sim.book.add(call.now(), "number", call.owner.sid, bought->sid, std::move(json).text());
  return {201, to_json(*bought)};
}

response list(const api_call& call, std::string_view type) {
  const auto wanted = call.query.get("PhoneNumber"), name = call.query.get("FriendlyName");
  const auto lag = call.sim.faults.list_lag_ms({false, call.method, call.path, call.owner.sid});
  const auto visible_before = call.now().ms - lag;
  const auto keep = [&](const incoming_number& number) {
    return (lag == 0 || number.created_at.ms <= visible_before) &&
           number.phone_number.find(wanted) != std::string::npos && (name.empty() || number.friendly_name == name) &&
           (type.empty() || number.type == type);
  };
  return list_rows(call.path, call.query, "incoming_phone_numbers", call.sim.data.numbers.of_account(call.owner.sid),
                   keep, [](json_writer& json, const incoming_number& number) { write(json, number); });
}

response update(api_call& call, number_ptr number) {
  incoming_number changed = *number;
  if (const int code = apply(call.form, changed))
    return to_response(error_of(code));
  const std::string target(call.form.get("AccountSid"));
  const bool moves = !target.empty() && target != call.owner.sid;
  if (moves) {
    const auto* taker = call.sim.data.find_account(target);
    if (!taker || !call.by_parent || taker->owner_sid != call.owner.owner_sid)
      return to_response(error_of(20006));
  }
  changed.updated_at = call.now();
  *number = std::move(changed);
  if (moves)
    number = call.sim.data.move_number(number, target);
  return {200, to_json(*number)};
}

} // namespace

response numbers_api(api_call& call) {
  std::string_view type;
  if (call.rest.size() == 2 && call.rest[1] == "Local")
    type = "local";
  if (call.rest.size() == 2 && call.rest[1] == "TollFree")
    type = "toll free";
  if (call.rest.size() == 1 || !type.empty())
    return call.is("POST") ? buy(call) : call.is("GET") ? list(call, type) : wrong_method();
  const auto number = call.sim.data.numbers.find(call.owner.sid, std::string(call.rest[1]));
  if (!number || call.rest.size() > 2)
    return not_found();
  if (call.is("GET"))
    return {200, to_json(*number)};
  if (call.is("POST"))
    return update(call, number);
  if (!call.is("DELETE"))
    return wrong_method();
  call.sim.data.release_number(number);
  return {204, ""};
}

} // namespace trunkline::sim

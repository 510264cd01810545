#pragma once

#include "sim/json_reader.hpp"
#include "sim/outgoing.hpp"

namespace trunkline::sim {

/// A caller or texter from outside, as told to POST /sim/webhooks/{voice,sms}: the call or message exists from then on,
/// and the gateway is asked what to do with it.
struct inbound_event {
  std::string to, from, body;
  std::string url; ///< empty: the number's own, else the gateway's common route
  std::string method = "POST";
  std::string account;              ///< empty: the number's owner, else the demo platform account
  std::string sid;                  ///< empty: a new one; given again, it is the same event delivered once more
  pairs params;                     ///< replace or extend the usual ones
  std::vector<std::string> without; ///< names that were null in "params": left out
  std::optional<std::string> signature;

  static tl::expected<inbound_event, json_problem> parse(const rapidjson::Value& object);
};

/// `done` gets the answer to hand on: {"status","headers","body","callSid"|"messageSid","durationMs"}, or 502 with
/// {"error"} when the gateway could not be reached.
void receive_call(world& sim, const inbound_event& event, const respond& done);
void receive_message(world& sim, const inbound_event& event, const respond& done);

/// Any webhook of an account: {"url","account","params","method"?,"signature"?}.
void send_raw(world& sim, const rapidjson::Value& object, const respond& done);

} // namespace trunkline::sim

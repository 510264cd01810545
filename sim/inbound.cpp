#include "sim/inbound.hpp"

#include "sim/call_lifecycle.hpp"
#include "sim/demo_accounts.hpp"
#include "sim/json_writer.hpp"
#include "twilio/opt_out.hpp"
#include "twilio/segments.hpp"
#include "twilio/sid.hpp"

#include <algorithm>

namespace trunkline::sim {

namespace {

constexpr size_t most_params = 200;

response problem(int status, std::string_view text) {
  json_writer json;
  json.object().field("error", text).end_object();
  return {status, std::move(json).text()};
}

/// Members of "params": text is set, null removes.
void read_params(json_reader& in, pairs& set, std::vector<std::string>& without) {
  const auto* params = in.object("params");
  if (!params)
    return;
  if (params->MemberCount() > most_params)
    return in.fail("params has too many members.");
  for (const auto& [name, value] : params->GetObject()) {
    if (value.IsNull())
      without.emplace_back(name.GetString(), name.GetStringLength());
    else if (value.IsString())
      set.emplace_back(std::string(name.GetString(), name.GetStringLength()),
                       std::string(value.GetString(), value.GetStringLength()));
    else
      in.fail("params may only hold strings and null.");
  }
}

/// It becomes a header, so it must fit into one line.
std::optional<std::string> read_signature(json_reader& in) {
  if (!in.has("signature"))
    return std::nullopt;
  auto text = in.text("signature");
  if (text.size() > 1000 || std::ranges::any_of(text, [](char c) { return c < ' ' || c > '~'; }))
    in.fail("signature must be printable ASCII, at most 1000 characters.");
  return text;
}

pairs overridden(pairs usual, const inbound_event& event) {
  for (const auto& [name, value] : event.params) {
    const auto found = std::ranges::find(usual, name, &pairs::value_type::first);
    if (found == usual.end())
      usual.emplace_back(name, value);
    else
      found->second = value;
  }
  std::erase_if(usual, [&](const auto& p) { return std::ranges::find(event.without, p.first) != event.without.end(); });
  return usual;
}

void add_place(pairs& params, std::string_view party, const std::string& number) {
  const bool american = number.starts_with("+1");
  const auto name = [&](const char* what) { return std::string(party) + what; };
  params.emplace_back(name("City"), american ? "NEW YORK" : "");
  params.emplace_back(name("State"), american ? "NY" : "");
  params.emplace_back(name("Zip"), american ? "10001" : "");
  params.emplace_back(name("Country"), american ? "US" : "");
}

std::string without_channel(const std::string& address) {
  constexpr std::string_view channel = "whatsapp:";
  return address.starts_with(channel) ? address.substr(channel.size()) : address;
}

/// Where the event goes and who signs.
struct route {
  std::string account, url, method, number_sid;
};

route find_route(world& sim, const inbound_event& event, bool voice) {
  const auto number = sim.data.owner_of(without_channel(event.to));
  route way{event.account, event.url, event.method, {}};
  if (number) {
    way.number_sid = number->sid;
    if (way.account.empty())
      way.account = number->account_sid;
    if (way.url.empty()) {
      way.url = voice ? number->voice_url : number->sms_url;
      way.method = voice ? number->voice_method : number->sms_method;
    }
  }
  if (way.url.empty()) {
    way.url = sim.address.gateway + (voice ? "/api/twilio/voice" : "/api/twilio/sms");
    way.method = event.method;
  }
  // A call to a number that nobody has: somebody must sign it.
  if (way.account.empty())
    way.account = demo_platform.sid;
  return way;
}

void hand_on(const http_answer& answer, std::string_view sid_name, const std::string& sid, const respond& done) {
  if (answer.status == 0) {
    done({problem(502, "The gateway gave no answer: " + answer.problem)});
    return;
  }
  json_writer json;
  json.object().field("status", answer.status).key("headers").object();
  for (const auto& [name, value] : answer.headers)
    json.field(name, value);
  json.end_object().field("body", answer.body);
  if (!sid_name.empty())
    json.field(sid_name, sid);
  json.field("durationMs", answer.duration_ms).end_object();
  done({response{200, std::move(json).text()}});
}

pairs sms_params(const message& sms, const inbound_event& event) {
  pairs params = {{"AccountSid", sms.account_sid},
                  {"ApiVersion", "2010-04-01"},
                  {"MessageSid", sms.sid},
                  {"SmsSid", sms.sid},
                  {"SmsMessageSid", sms.sid},
                  {"SmsStatus", "received"},
                  {"From", sms.from},
                  {"To", sms.to},
                  {"Body", sms.body},
                  {"NumMedia", "0"},
                  {"NumSegments", std::to_string(sms.segments)}};
  if (event.to.starts_with("whatsapp:")) {
    const auto number = without_channel(event.from);
    params.emplace_back("WaId", number.starts_with('+') ? number.substr(1) : number);
    params.emplace_back("ProfileName", "Somebody");
    params.emplace_back("MessageType", "text");
    params.emplace_back("ReferralNumMedia", "0");
    return params;
  }
  add_place(params, "From", event.from);
  add_place(params, "To", event.to);
  return params;
}

} // namespace

tl::expected<inbound_event, json_problem> inbound_event::parse(const rapidjson::Value& object) {
  json_reader in(object);
  inbound_event event;
  event.to = in.text("to");
  event.from = in.text("from", "+15005550006");
  event.body = in.text("body");
  event.url = in.text("url");
  event.method = in.text("method", "POST");
  event.account = in.text("account");
  event.sid = in.text("sid");
  event.signature = read_signature(in);
  read_params(in, event.params, event.without);
  if (event.to.empty())
    in.fail("to is missing.");
  if (event.method != "POST" && event.method != "GET")
    in.fail("method must be POST or GET.");
  if (!event.sid.empty() && !twilio::is_sid(event.sid, "CA") && !twilio::is_message_sid(event.sid))
    in.fail("sid is not one of a call or message.");
  if (in.problem())
    return tl::make_unexpected(*in.problem());
  return event;
}

void receive_call(world& sim, const inbound_event& event, const respond& done) {
  const auto way = find_route(sim, event, true);
  if (!sim.data.find_account(way.account))
    return done({problem(404, "There is no such account.")});
  auto row = event.sid.empty() ? nullptr : sim.data.calls.find(way.account, event.sid);
  if (!row) {
    call incoming;
    incoming.sid = event.sid.empty() ? sim.sids.next("CA") : event.sid;
    incoming.account_sid = way.account;
    incoming.from = event.from;
    incoming.to = event.to;
    incoming.direction = "inbound";
    incoming.status = "ringing";
    incoming.phone_number_sid = way.number_sid;
    incoming.created_at = incoming.updated_at = sim.clock.now();
    row = sim.data.calls.insert(std::move(incoming));
  }
  auto params = voice_params(*row);
  for (const auto* party : {"From", "Caller"})
    add_place(params, party, event.from);
  for (const auto* party : {"To", "Called"})
    add_place(params, party, event.to);
  params.emplace_back("StirVerstat", "TN-Validation-Passed-A");
  params.emplace_back("CallToken", R"({"parentCallInfoToken":"simulated","identityHeaderTokens":[]})");
  send_webhook(
      sim, {"voice", way.account, row->sid, way.url, way.method, overridden(std::move(params), event), event.signature},
      [&sim, row, done](const http_answer& answer) {
        if (answer.status == 200 && row->status == "ringing") {
          row->status = "in-progress";
          row->started_at = row->updated_at = sim.clock.now();
        }
        hand_on(answer, "callSid", row->sid, done);
      });
}

void receive_message(world& sim, const inbound_event& event, const respond& done) {
  const auto way = find_route(sim, event, false);
  if (!sim.data.find_account(way.account))
    return done({problem(404, "There is no such account.")});
  auto row = event.sid.empty() ? nullptr : sim.data.messages.find(way.account, event.sid);
  if (!row) {
    message incoming;
    incoming.sid = event.sid.empty() ? sim.sids.next("SM") : event.sid;
    incoming.account_sid = way.account;
    incoming.from = event.from;
    incoming.to = event.to;
    incoming.body = event.body;
    incoming.direction = "inbound";
    incoming.status = "received";
    incoming.segments = twilio::count_segments(event.body).segments;
    incoming.created_at = incoming.updated_at = sim.clock.now();
    incoming.sent_at = incoming.created_at;
    row = sim.data.messages.insert(std::move(incoming));
  }
  // Twilio blocks the sender by itself and delivers the STOP all the same.
  const auto keyword = twilio::opt_out_keyword_of(event.body);
  if (keyword == twilio::opt_out_keyword::stop || keyword == twilio::opt_out_keyword::start)
    sim.data.set_opt_out(without_channel(event.to), without_channel(event.from),
                         keyword == twilio::opt_out_keyword::stop);
  send_webhook(
      sim,
      {"sms", way.account, row->sid, way.url, way.method, overridden(sms_params(*row, event), event), event.signature},
      [row, done](const http_answer& answer) { hand_on(answer, "messageSid", row->sid, done); });
}

void send_raw(world& sim, const rapidjson::Value& object, const respond& done) {
  json_reader in(object);
  webhook hook{"raw", in.text("account"), {}, in.text("url"), in.text("method", "POST"), {}, {}};
  std::vector<std::string> without;
  read_params(in, hook.params, without);
  hook.signature = read_signature(in);
  if (hook.method != "POST" && hook.method != "GET")
    in.fail("method must be POST or GET.");
  if (!sim.data.find_account(hook.account))
    in.fail("account must name an account that exists.");
  if (in.problem())
    return done({problem(400, *in.problem())});
  send_webhook(sim, std::move(hook), [done](const http_answer& answer) { hand_on(answer, "", "", done); });
}

} // namespace trunkline::sim

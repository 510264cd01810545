#include "sim/control_api.hpp"

#include "sim/account_setup.hpp"
#include "sim/inbound.hpp"
#include "sim/json_writer.hpp"
#include "twilio/form.hpp"

#include <charconv>

namespace trunkline::sim {

namespace {

response problem(int status, std::string_view text) {
  json_writer json;
  json.object().field("error", text).end_object();
  return {status, std::move(json).text()};
}

response health(const world& sim) {
  json_writer json;
  const auto count = [&](const char* name, size_t n) { json.field(name, static_cast<uint64_t>(n)); };
  json.object().field("status", "ok");
  count("accounts", sim.data.accounts().size());
  count("numbers", sim.data.numbers.size());
  count("messages", sim.data.messages.size());
  count("calls", sim.data.calls.size());
  count("ledgerEntries", sim.book.size());
  json.end_object();
  return {200, std::move(json).text()};
}

bool read_number(std::string_view text, int64_t least, int64_t most, int64_t& out) {
  if (text.empty())
    return true;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc() && stop == text.data() + text.size() && out >= least && out <= most;
}

response show_ledger(const world& sim, const request& received) {
  const auto query = twilio::form::parse(received.query);
  ledger::filter wanted;
  auto limit = static_cast<int64_t>(wanted.limit);
  if (!query || !read_number(query->get("after"), 0, INT64_MAX, wanted.after) ||
      !read_number(query->get("limit"), 1, 10'000, limit))
    return problem(400, "after and limit (1 to 10000) must be whole numbers.");
  wanted.limit = static_cast<size_t>(limit);
  wanted.kind = query->get("kind");
  wanted.account = query->get("account");
  wanted.sid = query->get("sid");
  return {200, sim.book.page(wanted)};
}

response add_faults(world& sim, const rapidjson::Value& object) {
  json_reader in(object);
  std::vector<fault_rule> rules;
  const auto read = [&](const rapidjson::Value& one) {
    auto rule = one.IsObject() ? fault_rule::parse(one) : tl::make_unexpected(json_problem("A rule is an object."));
    rule ? rules.push_back(std::move(*rule)) : in.fail(rule.error());
  };
  if (!in.has("rules"))
    read(object);
  else if (const auto* list = in.array("rules", fault_script::most))
    for (const auto& one : list->GetArray())
      read(one);
  if (in.problem())
    return problem(400, *in.problem());
  json_writer json;
  json.object().key("ids").array();
  for (auto& rule : rules) {
    const auto id = sim.faults.add(std::move(rule));
    if (!id)
      return problem(400, "There are too many rules.");
    json.value(*id);
  }
  json.end_array().end_object();
  return {201, std::move(json).text()};
}

response faults(world& sim, const request& received, const rapidjson::Value& object) {
  if (received.method == "POST")
    return add_faults(sim, object);
  if (received.method == "DELETE")
    sim.faults.clear();
  json_writer json;
  json.object().key("rules");
  sim.faults.write(json);
  json.end_object();
  return {200, std::move(json).text()};
}

response settings(world& sim, const rapidjson::Value& object) {
  json_reader in(object);
  pace times = sim.times;
  gateway_address address = sim.address;
  const auto ms = [&](const char* name, int64_t& value) { value = in.integer(name, value, 0, 86'400'000); };
  ms("sentAfterMs", times.sent_after_ms);
  ms("deliveredAfterMs", times.delivered_after_ms);
  ms("ringingAfterMs", times.ringing_after_ms);
  ms("answeredAfterMs", times.answered_after_ms);
  ms("completedAfterMs", times.completed_after_ms);
  times.queued_callback = in.flag("queuedCallback", times.queued_callback);
  address.gateway = in.text("gateway", address.gateway);
  address.public_url = in.text("publicUrl", address.public_url);
  if (in.problem())
    return problem(400, *in.problem());
  sim.times = times;
  sim.address = address;
  return {200, "{}"};
}

using action = void (*)(world&, const request&, const rapidjson::Value&, const respond&);

void inbound(world& sim, const rapidjson::Value& body, const respond& done,
             void (*receive)(world&, const inbound_event&, const respond&)) {
  const auto event = inbound_event::parse(body);
  event ? receive(sim, *event, done) : done({problem(400, event.error())});
}

struct route {
  std::string_view path, methods;
  action run;
};

constexpr route routes[] = {
    {"/sim/health", "GET",
     [](world& sim, const request&, const rapidjson::Value&, const respond& done) { done({health(sim)}); }},
    {"/sim/accounts", "POST",
     [](world& sim, const request&, const rapidjson::Value& body, const respond& done) {
       const auto made = set_up_accounts(sim, body);
       done({made ? response{201, *made} : problem(400, made.error())});
     }},
    {"/sim/ledger", "GET DELETE",
     [](world& sim, const request& received, const rapidjson::Value&, const respond& done) {
       if (received.method == "DELETE")
         sim.book.clear();
       done({show_ledger(sim, received)});
     }},
    {"/sim/faults", "GET POST DELETE",
     [](world& sim, const request& received, const rapidjson::Value& body, const respond& done) {
       done({faults(sim, received, body)});
     }},
    {"/sim/settings", "POST",
     [](world& sim, const request&, const rapidjson::Value& body, const respond& done) {
       done({settings(sim, body)});
     }},
    {"/sim/webhooks/voice", "POST",
     [](world& sim, const request&, const rapidjson::Value& body, const respond& done) {
       inbound(sim, body, done, receive_call);
     }},
    {"/sim/webhooks/sms", "POST",
     [](world& sim, const request&, const rapidjson::Value& body, const respond& done) {
       inbound(sim, body, done, receive_message);
     }},
    {"/sim/webhooks/raw", "POST",
     [](world& sim, const request&, const rapidjson::Value& body, const respond& done) { send_raw(sim, body, done); }},
};

} // namespace

void control_api(world& sim, const request& received, const respond& done) {
  for (const auto& [path, methods, run] : routes) {
    if (path != received.path)
      continue;
    if (methods.find(received.method) == std::string_view::npos)
      return done({problem(405, "Use one of: " + std::string(methods))});
    const auto body =
        received.method == "POST" ? parse_object(received.body) : rapidjson::Document(rapidjson::kObjectType);
    return body ? run(sim, received, *body, done) : done({problem(400, body.error())});
  }
  done({problem(404, "There is no such path below /sim.")});
}

} // namespace trunkline::sim

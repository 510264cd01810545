#include "sim/account_setup.hpp"

#include "sim/json_writer.hpp"
#include "sim/message_rules.hpp"
#include "twilio/sid.hpp"

namespace trunkline::sim {

namespace {

constexpr size_t most_accounts = 2000, most_numbers = 1000, most_keys = 20; // in one request

void add_keys(world& sim, json_reader& in, const account& owner) {
  const auto* keys = in.array("apiKeys", most_keys);
  if (!keys)
    return;
  for (const auto& one : keys->GetArray()) {
    if (!one.IsObject())
      return in.fail("apiKeys holds objects.");
    json_reader key(one);
    const auto sid = key.text("sid"), value = key.text("secret");
    if (key.problem() || !twilio::is_sid(sid, "SK") || value.empty() ||
        !sim.data.put_api_key(sid, {owner.sid, core::secret(value)}))
      return in.fail("apiKeys: each needs a sid SK... and a secret.");
  }
}

void add_number(world& sim, json_reader& in, const account& owner, const rapidjson::Value& one, json_writer& json) {
  incoming_number number;
  if (one.IsString())
    number.phone_number = one.GetString();
  if (one.IsObject()) {
    json_reader fields(one);
    number.phone_number = fields.text("phoneNumber");
    number.voice_url = fields.text("voiceUrl");
    number.sms_url = fields.text("smsUrl");
    number.status_callback = fields.text("statusCallback");
    if (fields.problem())
      return in.fail("numbers: " + *fields.problem());
  }
  if (!is_e164(number.phone_number))
    return in.fail("numbers: a number in E.164 is needed.");
  auto held = sim.data.owner_of(number.phone_number);
  if (held && held->account_sid != owner.sid)
    return in.fail("numbers: another account has this number.");
  if (!held) {
    number.sid = sim.sids.next("PN");
    number.account_sid = owner.sid;
    number.friendly_name = number.phone_number;
    number.created_at = number.updated_at = sim.clock.now();
    held = sim.data.add_number(std::move(number));
  } else if (one.IsObject()) {
    held->voice_url = number.voice_url;
    held->sms_url = number.sms_url;
    held->status_callback = number.status_callback;
  }
  if (!held)
    return in.fail("There are too many numbers.");
  json.object().field("sid", held->sid).field("phoneNumber", held->phone_number).end_object();
}

account read_account(world& sim, json_reader& in) {
  const auto sid = in.text("sid");
  const auto* known = sid.empty() ? nullptr : sim.data.find_account(sid);
  account made = known ? *known : account{};
  if (!known) {
    made.sid = sid.empty() ? sim.sids.next("AC") : sid;
    made.owner_sid = made.sid;
    made.friendly_name = "Simulated account";
    made.auth_token = core::secret(sim.sids.next(""));
    made.created_at = sim.clock.now();
  }
  made.updated_at = sim.clock.now();
  made.owner_sid = in.text("owner", made.owner_sid);
  made.auth_token = core::secret(in.text("authToken", made.auth_token.reveal()));
  made.friendly_name = in.text("friendlyName", made.friendly_name);
  made.status = in.text("status", made.status);
  made.type = in.text("type", made.type);
  made.balance = in.text("balance", made.balance);
  if (!twilio::is_sid(made.sid, "AC") || !twilio::is_sid(made.owner_sid, "AC"))
    in.fail("sid and owner must be AC and 32 hex digits.");
  if (made.status != "active" && made.status != "suspended" && made.status != "closed")
    in.fail("status must be active, suspended or closed.");
  if (made.type != "Full" && made.type != "Trial")
    in.fail("type must be Full or Trial.");
  return made;
}

std::optional<json_problem> set_up(world& sim, const rapidjson::Value& object, json_writer& json) {
  if (!object.IsObject())
    return "An account is an object.";
  json_reader in(object);
  auto made = read_account(sim, in);
  if (in.problem())
    return in.problem();
  const bool is_new = !sim.data.find_account(made.sid);
  const auto* stored = sim.data.put_account(std::move(made));
  if (!stored)
    return "There are too many accounts.";
  json.object().field("sid", stored->sid).field("authToken", stored->auth_token.reveal()).key("numbers").array();
  add_keys(sim, in, *stored);
  if (const auto* numbers = in.array("numbers", most_numbers))
    for (const auto& one : numbers->GetArray())
      add_number(sim, in, *stored, one, json);
  json.end_array().end_object();
  if (is_new)
    sim.book.add(sim.clock.now(), "account", stored->sid, stored->sid, "{}");
  return in.problem();
}

} // namespace

tl::expected<std::string, json_problem> set_up_accounts(world& sim, const rapidjson::Value& object) {
  json_reader in(object);
  json_writer json;
  json.object().key("accounts").array();
  std::optional<json_problem> wrong;
  if (!in.has("accounts"))
    wrong = set_up(sim, object, json);
  else if (const auto* list = in.array("accounts", most_accounts))
    for (const auto& one : list->GetArray())
      if (!wrong)
        wrong = set_up(sim, one, json);
  if (!wrong)
    wrong = in.problem();
  if (wrong)
    return tl::make_unexpected(*wrong);
  json.end_array().end_object();
  return std::move(json).text();
}

} // namespace trunkline::sim

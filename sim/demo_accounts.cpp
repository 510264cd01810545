#include "sim/demo_accounts.hpp"

#include "sim/json_writer.hpp"

namespace trunkline::sim {

namespace {

void add(state& data, const demo_account& demo, core::timestamp now) {
  account created;
  created.sid = created.owner_sid = demo.sid;
  created.friendly_name = demo.name;
  created.auth_token = core::secret(std::string(demo.auth_token));
  created.created_at = created.updated_at = now;
  data.put_account(std::move(created));
  if (demo.number.empty())
    return;
  incoming_number number;
  // The same at every start, so that a gateway's database from yesterday still fits.
  number.sid = "PN" + std::string(demo.sid.substr(2));
  number.account_sid = demo.sid;
  number.phone_number = number.friendly_name = demo.number;
  number.created_at = number.updated_at = now;
  data.add_number(std::move(number));
}

void write(json_writer& json, const demo_account& demo) {
  json.object().field("name", demo.name).field("accountSid", demo.sid).field("authToken", demo.auth_token);
  if (!demo.number.empty())
    json.field("phoneNumber", demo.number);
  json.end_object();
}

} // namespace

void add_demo_accounts(state& data, core::timestamp now) {
  add(data, demo_platform, now);
  for (const auto& company : demo_companies)
    add(data, company, now);
}

std::string demo_accounts_json() {
  json_writer json;
  json.object().key("platform");
  write(json, demo_platform);
  json.key("companies").array();
  for (const auto& company : demo_companies)
    write(json, company);
  json.end_array().end_object();
  return std::move(json).text();
}

} // namespace trunkline::sim

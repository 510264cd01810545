#include "persistence/tenant_doors.hpp"

#include "persistence/statement.hpp"
#include "persistence/tenant_queries.hpp"
#include "persistence/vault.hpp"

#include <utility>
#include <vector>

namespace trunkline::persistence {

namespace {

struct sealed_door {
  tenant_door door;
  std::string data_key, auth_token, next_auth_token;
};

std::vector<sealed_door> read_companies(soci::session& sql) {
  std::vector<sealed_door> doors;
  std::string id, state, sid, data_key, token, next, mode, legacy, whatsapp, hook;
  for_each_row(
      sql,
      "select c.id, c.state, k.account_sid, k.data_key, k.auth_token, k.next_auth_token, k.signature_mode, "
      "k.legacy_number, "
      "k.whatsapp_number, k.hook_token from company c join company_config k on k.company_id = c.id order by c.id",
      std::tie(id, state, sid, data_key, token, next, mode, legacy, whatsapp, hook), [&] {
        auto& [door, sealed_key, sealed_token, sealed_next] = doors.emplace_back();
        door.tenant.value = id;
        door.account_sid = sid;
        door.quarantined = tenant_state_from(state) == core::tenant_state::quarantined;
        door.signatures = signature_mode_from(mode);
        door.hook.value = hook;
        if (!legacy.empty())
          door.legacy_number.emplace(legacy);
        if (!whatsapp.empty())
          door.whatsapp_number.emplace(whatsapp);
        sealed_key = data_key, sealed_token = token, sealed_next = next;
      });
  return doors;
}

/// Both are in the order of the company ids.
void add_numbers(soci::session& sql, std::vector<sealed_door>& doors) {
  auto at = doors.begin();
  std::string company, number, name, hook;
  int active = 0, primary = 0;
  for_each_row(sql,
               "select company_id, phone_number, friendly_name, active, is_primary, hook_token from company_number "
               "order by company_id, position",
               std::tie(company, number, name, active, primary, hook), [&] {
                 while (at != doors.end() && at->door.tenant.value < company)
                   ++at;
                 if (at != doors.end() && at->door.tenant.value == company)
                   at->door.numbers.push_back(
                       {core::phone_number(number), name, active != 0, primary != 0, core::hook_token(hook), {}});
               });
}

void open_secrets(sealed_door& sealed, const vault& keys) {
  auto& door = sealed.door;
  auto token = keys.unseal(sealed.data_key, door.tenant, "auth_token", sealed.auth_token);
  auto next = keys.unseal(sealed.data_key, door.tenant, "next_auth_token", sealed.next_auth_token);
  door.quarantined = door.quarantined || !token || !next;
  if (token)
    door.auth_token = std::move(*token);
  if (next)
    door.next_auth_token = std::move(*next);
}

} // namespace

core::expected<void> visit_doors(session& connection, const vault& keys,
                                 const std::function<void(tenant_door)>& visit) {
  using rows = std::vector<sealed_door>;
  auto doors =
      connection.run("reading all companies", access::snapshot, [](soci::session& sql) -> core::expected<rows> {
        auto found = read_companies(sql);
        add_numbers(sql, found);
        return found;
      });
  if (!doors)
    return core::fail(std::move(doors.error()));
  for (auto& sealed : *doors) {
    open_secrets(sealed, keys);
    visit(std::move(sealed.door));
  }
  return {};
}

} // namespace trunkline::persistence

#include "persistence/bulk_import.hpp"

#include "json/tenant_config.hpp"
#include "persistence/key_checks.hpp"
#include "persistence/session.hpp"
#include "persistence/stores.hpp"
#include "persistence/tenant_queries.hpp"
#include "persistence/vault.hpp"

namespace trunkline::persistence {

namespace {

void insert_company(soci::session& sql, const core::tenant& t) {
  execute(sql,
          "insert into company (id, name, country, time_zone, menu_url, state, created_at, updated_at, version) "
          "values (:id, :name, :country, :zone, :menu, :state, :created, :updated, :version)",
          t.id.value, t.name, t.country, t.time_zone, nullable_text(t.menu_url), std::string(to_text(t.state)),
          t.created_at.ms, t.updated_at.ms, t.version);
}

core::expected<void> insert_config(soci::session& sql, dialect kind, const vault& keys, const core::tenant_id& id,
                                   const core::tenant_config& config) {
  const auto data_key = make_data_key(sql, kind, keys, id);
  if (!data_key)
    return core::fail(data_key.error());
  const auto token = keys.seal(*data_key, id, "auth_token", config.credentials.auth_token);
  if (!token)
    return core::fail(token.error());
  execute(sql,
          "insert into company_config (company_id, settings, account_sid, data_key, auth_token, next_auth_token, "
          "api_key, api_secret, signature_mode, legacy_number, whatsapp_number, hook_token, version, last_updated) "
          "values (:id, :settings, :sid, :data_key, :token, '', '', '', :mode, '', '', :hook, :version, :updated)",
          id.value, json::write_settings(config), config.credentials.account_sid, *data_key, *token,
          std::string(to_text(config.signatures)), config.hook.value, config.version, config.last_updated.ms);
  return {};
}

core::expected<void> insert_numbers(soci::session& sql, const core::tenant_id& id, const core::tenant_config& config) {
  int position = 0;
  for (const auto& number : config.numbers) {
    if (execute(sql,
                "insert into phone_claim (phone_number, company_id, field) values (:number, :id, 'phoneNumbers') "
                "on conflict (phone_number) do nothing",
                number.number.str(), id.value) == 0)
      return core::fail(core::ec::phone_number_taken,
                        "A number to be imported belongs to a company already. Seed an empty "
                        "database.");
    execute(sql,
            "insert into company_number (company_id, position, phone_number, friendly_name, active, is_primary, "
            "hook_token) "
            "values (:id, :position, :number, :name, :active, :primary, :hook)",
            id.value, position++, number.number.str(), number.friendly_name, int{number.active}, int{number.primary},
            number.hook.value);
  }
  return {};
}

} // namespace

core::expected<void> import_companies(database& db, const vault& keys,
                                      const std::vector<core::tenant_profile>& companies) {
  const auto connection = db.connect();
  return connection->run("importing companies", access::write, [&](soci::session& sql) -> core::expected<void> {
    for (const auto& [tenant, config] : companies) {
      insert_company(sql, tenant);
      auto done = insert_config(sql, connection->kind(), keys, tenant.id, config);
      if (done)
        done = insert_numbers(sql, tenant.id, config);
      if (!done)
        return done;
    }
    return {};
  });
}

} // namespace trunkline::persistence

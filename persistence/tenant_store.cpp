#include "core/ids.hpp"
#include "json/changes.hpp"
#include "json/tenant_config.hpp"
#include "persistence/audit_row.hpp"
#include "persistence/json_rows.hpp"
#include "persistence/key_checks.hpp"
#include "persistence/stores_internal.hpp"
#include "persistence/tenant_changes.hpp"
#include "persistence/tenant_doors.hpp"
#include "persistence/tenant_queries.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace trunkline::persistence {

namespace {

core::hook_token new_hook() { return core::hook_token(core::new_id("", 26)); }

auto no_such_company() { return core::fail(core::ec::company_not_found, "No such company."); }

std::string text_of(const std::optional<core::phone_number>& number) { return number ? number->str() : std::string(); }

/// What of a configuration goes into its own sealed column.
struct sealed_credentials {
  std::string auth_token, next_auth_token, api_key, api_secret;
};

core::expected<sealed_credentials> seal_all(const vault& keys, const std::string& data_key, const core::tenant_id& id,
                                            const core::twilio_credentials& credentials) {
  sealed_credentials sealed;
  const std::tuple<std::string&, std::string_view, const core::secret&> columns[] = {
      {sealed.auth_token, "auth_token", credentials.auth_token},
      {sealed.next_auth_token, "next_auth_token", credentials.next_auth_token},
      {sealed.api_key, "api_key", credentials.api_key},
      {sealed.api_secret, "api_secret", credentials.api_secret}};
  for (const auto& [target, column, value] : columns) {
    auto box = keys.seal(data_key, id, column, value);
    if (!box)
      return core::fail(std::move(box.error()));
    target = std::move(*box);
  }
  return sealed;
}

/// The numbers a company wants for itself, in the order in which they are claimed, with where each stands in the
/// request.
struct claim {
  std::string_view field;
  std::string pointer;

  bool operator==(const claim&) const = default;
};

std::map<std::string, claim> claims_of(const core::tenant_config& config) {
  std::map<std::string, claim> claims;
  for (size_t i = 0; i < config.numbers.size(); ++i)
    claims.try_emplace(config.numbers[i].number.str(),
                       claim{"phoneNumbers", fmt::format("/phoneNumbers/{}/phoneNumber", i)});
  if (config.legacy_number)
    claims.try_emplace(config.legacy_number->str(), claim{"phoneNumber", "/phoneNumber"});
  if (config.whatsapp_number && config.whatsapp_number->str() != core::whatsapp_sandbox)
    claims.try_emplace(config.whatsapp_number->str(), claim{"whatsappNumber", "/whatsappNumber"});
  return claims;
}

core::error taken_by_another(const claim& wanted) {
  core::error error{core::ec::phone_number_taken, "This phone number belongs to another company.", {}, {}};
  error.fields.push_back({wanted.pointer, "phone_number_taken", error.detail});
  return error;
}

core::expected<void> take_numbers(soci::session& sql, const core::tenant_id& id, const core::tenant_config& config) {
  execute(sql, "delete from phone_claim where company_id = :id", id.value);
  for (const auto& [number, claim] : claims_of(config)) {
    const auto taken =
        execute(sql,
                "insert into phone_claim (phone_number, company_id, field) values (:number, :id, :field) "
                "on conflict (phone_number) do nothing",
                number, id.value, std::string(claim.field));
    if (taken == 1)
      continue;
    return core::fail(taken_by_another(claim));
  }
  return {};
}

/// A number that stays keeps its token, so that its webhook URLs stay valid.
void keep_tokens(std::vector<core::company_number>& numbers, const std::vector<core::company_number>& known,
                 core::timestamp now) {
  std::map<std::string, core::hook_token> tokens;
  for (const auto& one : known)
    tokens.emplace(one.number.str(), one.hook);
  for (auto& one : numbers) {
    const auto found = tokens.find(one.number.str());
    one.hook = found == tokens.end() ? new_hook() : found->second;
    if (one.origin.assigned_at.ms == 0)
      one.origin.assigned_at = now;
  }
}

std::string rows_of(const std::vector<core::company_number>& numbers) {
  json_rows rows;
  int64_t position = 0;
  for (const auto& one : numbers) {
    const auto& origin = one.origin;
    const auto in_account = origin.in_account ? std::optional<int64_t>(*origin.in_account) : std::nullopt;
    rows.add(position++, one.number.str(), one.friendly_name, int64_t{one.active}, int64_t{one.primary}, one.hook.value,
             in_account, origin.sid, origin.capabilities, origin.source, origin.assigned_at.ms);
  }
  return rows.take();
}

void store_numbers(soci::session& sql, dialect kind, const core::tenant_id& id, const std::string& rows) {
  execute(sql, "delete from company_number where company_id = :id", id.value);
  const std::initializer_list<json_column> columns = {
      {"position", "bigint"},   {"phone_number", "text"}, {"friendly_name", "text"}, {"active", "bigint"},
      {"is_primary", "bigint"}, {"hook_token", "text"},   {"in_account", "bigint"},  {"sid", "text"},
      {"capabilities", "text"}, {"source", "text"},       {"assigned_at", "bigint"}};
  execute(sql,
          fmt::format("insert into company_number (company_id, position, phone_number, friendly_name, active, "
                      "is_primary, hook_token, in_account, sid, capabilities, source, assigned_at) select :id, "
                      "position, phone_number, friendly_name, active, is_primary, hook_token, in_account, sid, "
                      "capabilities, source, assigned_at from {}",
                      from_json_rows(kind, columns)),
          id.value, rows);
}

class sql_tenant_store final : public tenant_store {
public:
  sql_tenant_store(std::shared_ptr<session> connection, vault keys)
      : session_(std::move(connection)), keys_(std::move(keys)) {}

  core::expected<core::tenant_profile> create(const core::tenant& tenant, const core::author& by) override {
    core::tenant_profile profile{tenant, {}};
    profile.config.hook = new_hook();
    profile.config.last_updated = tenant.created_at;
    auto made = session_->run("creating a company", access::write,
                              [&](soci::session& sql) { return insert_company(sql, profile, by); });
    if (!made)
      return core::fail(std::move(made.error()));
    return *made ? core::expected<core::tenant_profile>(std::move(profile)) : find(tenant.id);
  }

  core::expected<core::tenant_profile> find(const core::tenant_id& id) override {
    return session_->run("finding a company", access::read, [&](soci::session& sql) { return read(sql, id); });
  }

  core::expected<core::page<core::tenant_profile>> list(const core::tenant_filter& filter, bool platform_usable,
                                                        const core::page_request& page) override {
    using result = core::expected<core::page<core::tenant_profile>>;
    return session_->run("listing companies", access::read, [&](soci::session& sql) -> result {
      const auto rows = cut_page(list_tenants(sql, session_->kind(), filter, platform_usable, page), page.limit);
      core::page<core::tenant_profile> out;
      out.more = rows.more;
      for (const auto& row : rows.rows) {
        auto profile = to_profile(row, keys_);
        if (!profile)
          return core::fail(std::move(profile.error()));
        out.rows.push_back(std::move(*profile));
      }
      return out;
    });
  }

  core::expected<core::tenant_config> put_config(const core::tenant_id& id, std::optional<int64_t> if_version,
                                                 const core::tenant_config& config, core::timestamp now,
                                                 const core::author& by) override {
    std::set<std::string> distinct;
    for (const auto& number : config.numbers)
      if (!distinct.insert(number.number.str()).second)
        return core::fail(core::ec::invalid_configuration, "phoneNumbers: the same number twice.");
    return session_->run("storing a configuration", access::write,
                         [&](soci::session& sql) { return replace_config(sql, id, if_version, config, now, by); });
  }

  core::expected<void> check_numbers(const core::tenant_id& id, const core::tenant_config& config) override {
    return session_->run("looking for who has a number", access::read, [&](soci::session& sql) -> core::expected<void> {
      const auto claims = claims_of(config);
      json_rows wanted;
      for (const auto& [number, claim] : claims)
        wanted.add(number);
      std::string taken;
      if (fetch_row(sql,
                    fmt::format("select phone_number from phone_claim where company_id <> :id and phone_number in "
                                "(select number from {}) order by phone_number limit 1",
                                from_json_rows(session_->kind(), {{"number", "text"}})),
                    std::tie(taken), id.value, wanted.take()))
        return core::fail(taken_by_another(claims.at(taken)));
      return {};
    });
  }

  core::expected<core::tenant_profile> change(const core::tenant_id& id, std::optional<int64_t> if_version,
                                              const core::tenant_change& change, core::timestamp now,
                                              const core::author& by) override {
    using result = core::expected<core::tenant_profile>;
    return session_->run("changing a company", access::write, [&](soci::session& sql) -> result {
      if (auto changed = change_company(sql, session_->kind(), id, if_version, change, now, by); !changed)
        return core::fail(std::move(changed.error()));
      return read(sql, id);
    });
  }

  core::expected<void> set_state(const core::tenant_id& id, core::tenant_state state, core::timestamp now,
                                 const core::author& by) override {
    return session_->run("changing a company's state", access::write, [&](soci::session& sql) -> core::expected<void> {
      const auto changed =
          execute(sql, "update company set state = :state, updated_at = :now, version = version + 1 where id = :id",
                  std::string(to_text(state)), now.ms, id.value);
      if (changed == 0)
        return no_such_company();
      write_audit(sql, {{},
                        now,
                        by,
                        state == core::tenant_state::active ? "company.release" : "company.quarantine",
                        id,
                        id.value,
                        "{}",
                        json::with_member("{}", "state", to_text(state))});
      return {};
    });
  }

  core::expected<void> remove(const core::tenant_id& id, core::timestamp now, const core::author& by) override {
    return session_->run("removing a company", access::write,
                         [&](soci::session& sql) { return remove_company(sql, session_->kind(), id, now, by); });
  }

  core::expected<bool> purge(size_t rows) override {
    return session_->run("purging removed companies", access::write,
                         [&](soci::session& sql) { return purge_companies(sql, session_->kind(), rows); });
  }

  core::expected<void> for_each_door(const std::function<void(tenant_door)>& visit) override {
    return visit_doors(*session_, keys_, visit);
  }

private:
  core::expected<core::tenant_config> replace_config(soci::session& sql, const core::tenant_id& id,
                                                     std::optional<int64_t> if_version, core::tenant_config config,
                                                     core::timestamp now, const core::author& by);
  /// False if there is a company of this id already.
  core::expected<bool> insert_company(soci::session& sql, const core::tenant_profile& profile, const core::author& by);
  std::optional<tenant_row> read_row(soci::session& sql, const core::tenant_id& id);
  core::expected<core::tenant_profile> read(soci::session& sql, const core::tenant_id& id);

  std::shared_ptr<session> session_;
  vault keys_;
};

std::optional<tenant_row> sql_tenant_store::read_row(soci::session& sql, const core::tenant_id& id) {
  tenant_row row;
  const bool found =
      fetch_row(sql,
                fmt::format("select {} from company c join company_config k on k.company_id = c.id where c.id = :id",
                            tenant_columns(session_->kind())),
                row.columns(), id.value);
  return found ? std::optional(std::move(row)) : std::nullopt;
}

core::expected<core::tenant_profile> sql_tenant_store::read(soci::session& sql, const core::tenant_id& id) {
  const auto row = read_row(sql, id);
  return row ? to_profile(*row, keys_) : no_such_company();
}

core::expected<bool> sql_tenant_store::insert_company(soci::session& sql, const core::tenant_profile& profile,
                                                      const core::author& by) {
  const auto& [tenant, config] = profile;
  const auto made =
      execute(sql,
              "insert into company (id, name, country, time_zone, menu_url, state, created_at, updated_at, version) "
              "values (:id, :name, :country, :zone, :menu, :state, :created, :updated, :version) "
              "on conflict (id) do nothing",
              tenant.id.value, tenant.name, tenant.country, tenant.time_zone, nullable_text(tenant.menu_url),
              std::string(to_text(tenant.state)), tenant.created_at.ms, tenant.updated_at.ms, tenant.version);
  if (made == 0)
    return false;
  const auto data_key = make_data_key(sql, session_->kind(), keys_, tenant.id);
  if (!data_key)
    return core::fail(data_key.error());
  execute(sql,
          "insert into company_config (company_id, settings, account_sid, data_key, auth_token, next_auth_token, "
          "api_key, api_secret, signature_mode, legacy_number, whatsapp_number, hook_token, version, last_updated) "
          "values (:id, :settings, '', :data_key, '', '', '', '', :mode, '', '', :hook, :version, :updated)",
          tenant.id.value, json::write_settings(config), *data_key, std::string(to_text(config.signatures)),
          config.hook.value, config.version, config.last_updated.ms);
  write_audit(sql, {{}, tenant.created_at, by, "company.create", tenant.id, tenant.id.value, "{}", audited(tenant)});
  return true;
}

core::expected<core::tenant_config> sql_tenant_store::replace_config(soci::session& sql, const core::tenant_id& id,
                                                                     std::optional<int64_t> if_version,
                                                                     core::tenant_config config, core::timestamp now,
                                                                     const core::author& by) {
  if (session_->kind() == dialect::postgresql)
    execute(sql, "select 1 from company_config where company_id = :id for update", id.value);
  const auto row = read_row(sql, id);
  if (!row)
    return no_such_company();
  const auto current = to_profile(*row, keys_);
  if (!current)
    return core::fail(current.error());
  if (if_version && *if_version != current->config.version)
    return core::fail(core::ec::etag_mismatch, "The configuration has been changed meanwhile. Read it again.");
  config.hook = current->config.hook;
  config.version = current->config.version;
  auto sealed = seal_all(keys_, row->data_key, id, config.credentials);
  if (!sealed)
    return core::fail(std::move(sealed.error()));

  if (claims_of(config) != claims_of(current->config))
    if (auto taken = take_numbers(sql, id, config); !taken)
      return core::fail(std::move(taken.error()));
  keep_tokens(config.numbers, current->config.numbers, now);
  if (auto rows = rows_of(config.numbers); rows != rows_of(current->config.numbers))
    store_numbers(sql, session_->kind(), id, rows);

  ++config.version;
  config.last_updated = now;
  execute(sql,
          "update company_config set settings = :settings, account_sid = :sid, auth_token = :token, next_auth_token = "
          ":next, "
          "api_key = :key, api_secret = :secret, signature_mode = :mode, legacy_number = :legacy, "
          "whatsapp_number = :whatsapp, version = :version, last_updated = :now where company_id = :id",
          json::write_settings(config), config.credentials.account_sid, sealed->auth_token, sealed->next_auth_token,
          sealed->api_key, sealed->api_secret, std::string(to_text(config.signatures)), text_of(config.legacy_number),
          text_of(config.whatsapp_number), config.version, now.ms, id.value);
  auto [before, after] = audited_change(current->config, config);
  write_audit(sql, {{}, now, by, "twilio_config.update", id, id.value, std::move(before), std::move(after)});
  return config;
}

} // namespace

std::unique_ptr<tenant_store> make_tenant_store(std::shared_ptr<session> connection, const vault& keys) {
  return std::make_unique<sql_tenant_store>(std::move(connection), keys);
}

} // namespace trunkline::persistence

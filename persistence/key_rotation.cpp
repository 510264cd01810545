#include "persistence/key_rotation.hpp"

#include "json/writer.hpp"
#include "persistence/audit_row.hpp"
#include "persistence/key_checks.hpp"
#include "persistence/master_keys.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"
#include "persistence/vault.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace trunkline::persistence {

namespace {

constexpr long long rows_at_once = 100; // webhooks wait for a transaction of SQLite

constexpr std::array<std::string_view, 4> secret_columns{"auth_token", "next_auth_token", "api_key", "api_secret"};

struct sealed_row {
  std::string company, data_key;
  std::array<std::string, secret_columns.size()> secrets;

  auto columns() { return std::tie(company, data_key, secrets[0], secrets[1], secrets[2], secrets[3]); }
};

struct sealed_answer {
  std::string scope, key, answer;
};

auto another_key(int version, const std::string& where) {
  return core::fail(core::ec::invalid_state,
                    fmt::format("A rotation to version {} has begun elsewhere, with a key that is not {}. Copy the key "
                                "from there, and rotate again.",
                                version, where));
}

std::string audited(int version) {
  json::writer out;
  out.begin_object().field("version", int64_t{version}).end_object();
  return out.take();
}

class sql_key_rotation final : public key_rotation_store {
public:
  sql_key_rotation(std::shared_ptr<session> connection, vault keys)
      : session_(std::move(connection)), keys_(std::move(keys)) {}

  core::expected<core::key_rotation> begin(core::timestamp now, const core::author& by) override;
  core::expected<core::key_rotation> go_on(core::key_rotation state) override;

private:
  core::expected<core::key_rotation> announce(soci::session& sql, int version, core::timestamp now,
                                              const core::author& by);
  std::vector<sealed_row> next_companies(soci::session& sql, const core::key_rotation& state);
  core::expected<sealed_row> seal_anew(const sealed_row& row, int version);
  void seal_companies(soci::session& sql, const std::vector<sealed_row>& rows, core::key_rotation& state);
  core::expected<size_t> seal_answers(soci::session& sql, int version);
  core::expected<void> finish(soci::session& sql, core::key_rotation& state);

  std::shared_ptr<session> session_;
  vault keys_;
};

core::expected<core::key_rotation> sql_key_rotation::begin(core::timestamp now, const core::author& by) {
  const std::lock_guard turn(keys_.keys().beginning);
  const auto checks = session_->run("reading the key check values", access::read,
                                    [&](soci::session& sql) -> core::expected<std::map<int, std::string>> {
                                      return read_key_checks(sql, session_->kind());
                                    });
  if (!checks)
    return core::fail(checks.error());
  if (checks->empty())
    return core::fail(core::ec::internal_error, "", "the database has no key-check value");
  const int known = checks->rbegin()->first;
  const bool begun = checks->size() > 1;
  using provided = master_keys::provided;
  const auto key = begun ? core::expected<provided>({known, false}) : keys_.keys().provide_newer_than(known);
  if (!key)
    return core::fail(key.error());
  auto state = session_->run("beginning to rotate the master key", access::write,
                             [&](soci::session& sql) { return announce(sql, key->version, now, by); });
  if (!state && state.error().code == core::ec::invalid_state && key->made)
    keys_.keys().take_back(key->version);
  return state;
}

core::expected<core::key_rotation> sql_key_rotation::announce(soci::session& sql, int version, core::timestamp now,
                                                              const core::author& by) {
  const auto wanted = keys_.check_value(version);
  if (!wanted)
    return another_key(version, keys_.keys().where());
  const auto stored = store_key_check(sql, version, *wanted);
  const auto fits = keys_.matches(version, stored);
  if (!fits || !*fits)
    return another_key(version, keys_.keys().where());
  if (const auto made = make_platform_key(sql, keys_, version); !made)
    return core::fail(made.error());
  if (stored == *wanted)
    write_audit(sql, {{}, now, by, "master_key.rotate", {}, std::to_string(version), "{}", audited(version)});
  core::key_rotation state;
  state.version = version;
  long long companies = 0;
  fetch_row(sql, "select count(*) from company_config", std::tie(companies));
  state.companies = static_cast<size_t>(companies);
  return state;
}

core::expected<core::key_rotation> sql_key_rotation::go_on(core::key_rotation state) {
  return session_->run("rotating the master key", access::write,
                       [&](soci::session& sql) -> core::expected<core::key_rotation> {
                         auto next = state; // this may be run again
                         if (const auto rows = next_companies(sql, next); !rows.empty()) {
                           seal_companies(sql, rows, next);
                           return next;
                         }
                         const auto answers = seal_answers(sql, next.version);
                         if (!answers)
                           return core::fail(answers.error());
                         if (*answers == 0)
                           if (auto ended = finish(sql, next); !ended)
                             return core::fail(ended.error());
                         return next;
                       });
}

std::vector<sealed_row> sql_key_rotation::next_companies(soci::session& sql, const core::key_rotation& state) {
  std::vector<sealed_row> rows;
  sealed_row row;
  for_each_row(
      sql,
      fmt::format("select company_id, data_key, auth_token, next_auth_token, api_key, api_secret from company_config "
                  "where company_id > :after and data_key not like :done order by company_id limit :rows{}",
                  session_->kind() == dialect::postgresql ? " for update" : ""),
      row.columns(), [&] { rows.push_back(row); }, state.after, fmt::format("{}:%", state.version), rows_at_once);
  return rows;
}

core::expected<sealed_row> sql_key_rotation::seal_anew(const sealed_row& row, int version) {
  const core::tenant_id company(row.company);
  auto data_key = keys_.new_data_key(company, version);
  if (!data_key)
    return core::fail(data_key.error());
  sealed_row anew{row.company, std::move(*data_key), {}};
  for (size_t i = 0; i < secret_columns.size(); ++i) {
    const auto plain = keys_.unseal(row.data_key, company, secret_columns[i], row.secrets[i]);
    if (!plain)
      return core::fail(plain.error());
    auto sealed = keys_.seal(anew.data_key, company, secret_columns[i], *plain);
    if (!sealed)
      return core::fail(std::move(sealed.error()));
    anew.secrets[i] = std::move(*sealed);
  }
  return anew;
}

/// A company that can not be opened stays as it is, for who knows what happened to it.
void sql_key_rotation::seal_companies(soci::session& sql, const std::vector<sealed_row>& rows,
                                      core::key_rotation& state) {
  for (const auto& row : rows) {
    state.after = row.company;
    const auto anew = seal_anew(row, state.version);
    if (!anew) {
      if (state.unreadable++ == 0)
        state.first_unreadable = row.company;
      continue;
    }
    execute(sql,
            "update company_config set data_key = :key, auth_token = :token, next_auth_token = :next, "
            "api_key = :api_key, api_secret = :secret where company_id = :id",
            anew->data_key, anew->secrets[0], anew->secrets[1], anew->secrets[2], anew->secrets[3], row.company);
    ++state.done;
  }
}

/// They are kept for a day and worth nothing unless they can be opened.
core::expected<size_t> sql_key_rotation::seal_answers(soci::session& sql, int version) {
  std::vector<sealed_answer> rows;
  sealed_answer row;
  for_each_row(
      sql,
      fmt::format("select scope, idem_key, answer from idempotent_answer where answer <> '' and answer not like :done "
                  "limit :rows{}",
                  session_->kind() == dialect::postgresql ? " for update" : ""),
      std::tie(row.scope, row.key, row.answer), [&] { rows.push_back(row); }, fmt::format("{}:%", version),
      rows_at_once);
  const auto with = platform_key_of(sql, version);
  for (const auto& [scope, key, answer] : rows) {
    const auto column = answer_column(scope, key);
    const auto plain = keys_.unseal(platform_key_of(sql, version_of(answer)), {}, column, answer);
    if (!plain) {
      execute(sql, "delete from idempotent_answer where scope = :scope and idem_key = :key", scope, key);
      continue;
    }
    const auto sealed = keys_.seal(with, {}, column, *plain);
    if (!sealed)
      return core::fail(sealed.error());
    execute(sql, "update idempotent_answer set answer = :answer where scope = :scope and idem_key = :key", *sealed,
            scope, key);
  }
  return rows.size();
}

/// Whoever seals with the old version holds its check row, so with that in our hands there is nobody left who does.
core::expected<void> sql_key_rotation::finish(soci::session& sql, core::key_rotation& state) {
  lock_key_versions(sql, session_->kind());
  const auto done = fmt::format("{}:%", state.version);
  long long companies = 0, answers = 0;
  fetch_row(sql, "select count(*) from company_config where data_key not like :done", std::tie(companies), done);
  fetch_row(sql, "select count(*) from idempotent_answer where answer <> '' and answer not like :done",
            std::tie(answers), done);
  if (companies > 0 && static_cast<size_t>(companies) <= state.unreadable)
    return core::fail(core::ec::invalid_state,
                      fmt::format("{} companies can not be opened, {} among them, so the old version of the master key "
                                  "is still needed. Restore or delete them, and rotate again.",
                                  companies, state.first_unreadable));
  if (companies > 0 || answers > 0) {
    state.after.clear();
    state.unreadable = 0;
    return {};
  }
  forget_key_versions(sql, session_->kind(), state.version);
  state.finished = true;
  return {};
}

} // namespace

std::unique_ptr<key_rotation_store> make_key_rotation_store(std::shared_ptr<session> connection, const vault& keys) {
  return std::make_unique<sql_key_rotation>(std::move(connection), keys);
}

core::expected<core::key_rotation> rotate_master_key(key_rotation_store& rotation, core::timestamp now,
                                                     const core::author& by,
                                                     const std::function<void(const core::key_rotation&)>& progress) {
  auto state = rotation.begin(now, by);
  while (state && !state->finished) {
    progress(*state);
    state = rotation.go_on(std::move(*state));
  }
  return state;
}

} // namespace trunkline::persistence

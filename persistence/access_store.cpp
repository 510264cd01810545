#include "persistence/access_store.hpp"

#include "json/writer.hpp"
#include "persistence/audit_row.hpp"
#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

namespace trunkline::persistence {

namespace {

core::role role_from(const std::string& text) { return core::parse_role(text).value_or(core::role::company_viewer); }

std::string text_of(core::role role) { return std::string(core::to_string(role)); }

struct key_row {
  std::string id, role, company, label;
  long long created_at = 0;
  nullable_int last_used_at;

  auto columns() { return std::tie(id, role, company, label, created_at, last_used_at); }
  core::api_key key() const {
    return {id, role_from(role), core::tenant_id(company), label, {created_at}, time_of(last_used_at)};
  }
};

struct user_row {
  std::string name, role, company;
  long long created_at = 0;

  auto columns() { return std::tie(name, role, company, created_at); }
  core::console_user user() const { return {name, role_from(role), core::tenant_id(company), {created_at}}; }
};

std::string audited(std::string_view role, const core::tenant_id& company, std::string_view label) {
  json::writer out;
  out.begin_object().field("role", role);
  out.field("companyId", company.empty() ? std::nullopt : std::optional(company.value));
  if (!label.empty())
    out.field("label", label);
  out.end_object();
  return out.take();
}

auto no_such_session() { return core::fail(core::ec::unauthenticated, "Sign in again."); }

class sql_access_store final : public access_store {
public:
  explicit sql_access_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<void> create_key(const core::api_key& key, const std::string& hash, const core::author& by) override {
    return session_->run("creating a key", access::write, [&](soci::session& sql) -> core::expected<void> {
      if (auto there = require_company(sql, key.company); !there)
        return there;
      execute(sql,
              "insert into api_key (id, key_hash, role, company_id, label, created_at) "
              "values (:id, :hash, :role, :company, :label, :created)",
              key.id, hash, text_of(key.role), key.company.value, key.label, key.created_at.ms);
      write_audit(sql, {{},
                        key.created_at,
                        by,
                        "key.create",
                        key.company,
                        key.id,
                        "{}",
                        audited(core::to_string(key.role), key.company, key.label)});
      return {};
    });
  }

  core::expected<core::api_key> find_key(const std::string& hash) override {
    return session_->run("finding a key", access::read, [&](soci::session& sql) -> core::expected<core::api_key> {
      key_row row;
      if (!fetch_row(sql,
                     "select id, role, company_id, label, created_at, last_used_at from api_key "
                     "where key_hash = :hash",
                     row.columns(), hash))
        return core::fail(core::ec::unauthenticated);
      return row.key();
    });
  }

  core::expected<core::page<core::api_key>> list_keys(const core::page_request& page) override {
    using result = core::expected<core::page<core::api_key>>;
    return session_->run("listing keys", access::read, [&](soci::session& sql) -> result {
      const page_start start(page);
      std::vector<core::api_key> rows;
      key_row row;
      for_each_row(
          sql,
          "select id, role, company_id, label, created_at, last_used_at from api_key "
          "where (created_at, id) < (:at, :id) order by created_at desc, id desc limit :limit",
          row.columns(), [&] { rows.push_back(row.key()); }, start.at, start.id,
          static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

  core::expected<void> delete_key(const std::string& id, core::timestamp now, const core::author& by) override {
    return session_->run("deleting a key", access::write, [&](soci::session& sql) -> core::expected<void> {
      key_row row;
      if (!fetch_row(sql, "select id, role, company_id, label, created_at, last_used_at from api_key where id = :id",
                     row.columns(), id))
        return core::fail(core::ec::not_found, "No such key.");
      execute(sql, "delete from api_key where id = :id", id);
      write_audit(sql, {{},
                        now,
                        by,
                        "key.delete",
                        core::tenant_id(row.company),
                        id,
                        audited(row.role, core::tenant_id(row.company), row.label),
                        "{}"});
      return {};
    });
  }

  core::expected<void> key_used(const std::string& id, core::timestamp at) override {
    return session_->run("noting the use of a key", access::write, [&](soci::session& sql) -> core::expected<void> {
      execute(sql, "update api_key set last_used_at = :at where id = :id and coalesce(last_used_at, 0) < :than", at.ms,
              id, at.ms);
      return {};
    });
  }

  core::expected<void> put_user(const core::console_user& user, const std::string& password_hash,
                                const core::author& by) override {
    return session_->run("storing a user", access::write, [&](soci::session& sql) -> core::expected<void> {
      if (auto there = require_company(sql, user.company); !there)
        return there;
      execute(sql, "delete from console_session where user_name = :name", user.name);
      execute(sql,
              "insert into console_user (name, password_hash, role, company_id, created_at) "
              "values (:name, :hash, :role, :company, :created) on conflict (name) do update set "
              "password_hash = excluded.password_hash, role = excluded.role, company_id = excluded.company_id",
              user.name, password_hash, text_of(user.role), user.company.value, user.created_at.ms);
      write_audit(sql, {{},
                        user.created_at,
                        by,
                        "user.put",
                        user.company,
                        user.name,
                        "{}",
                        audited(core::to_string(user.role), user.company, "")});
      return {};
    });
  }

  core::expected<user_with_password> find_user(const std::string& name) override {
    return session_->run("finding a user", access::read, [&](soci::session& sql) -> core::expected<user_with_password> {
      user_row row;
      std::string hash;
      if (!fetch_row(sql,
                     "select name, role, company_id, created_at, password_hash from console_user "
                     "where name = :name",
                     std::tuple_cat(row.columns(), std::tie(hash)), name))
        return core::fail(core::ec::unauthenticated);
      return user_with_password{row.user(), hash};
    });
  }

  core::expected<core::page<core::console_user>> list_users(const core::page_request& page) override {
    using result = core::expected<core::page<core::console_user>>;
    return session_->run("listing users", access::read, [&](soci::session& sql) -> result {
      const page_start start(page);
      std::vector<core::console_user> rows;
      user_row row;
      for_each_row(
          sql,
          "select name, role, company_id, created_at from console_user "
          "where (created_at, name) < (:at, :id) order by created_at desc, name desc limit :limit",
          row.columns(), [&] { rows.push_back(row.user()); }, start.at, start.id,
          static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

  core::expected<void> delete_user(const std::string& name, core::timestamp now, const core::author& by) override {
    return session_->run("deleting a user", access::write, [&](soci::session& sql) -> core::expected<void> {
      user_row row;
      if (!fetch_row(sql, "select name, role, company_id, created_at from console_user where name = :name",
                     row.columns(), name))
        return core::fail(core::ec::not_found, "No such user.");
      execute(sql, "delete from console_session where user_name = :name", name);
      execute(sql, "delete from console_user where name = :name", name);
      write_audit(sql, {{},
                        now,
                        by,
                        "user.delete",
                        core::tenant_id(row.company),
                        name,
                        audited(row.role, core::tenant_id(row.company), ""),
                        "{}"});
      return {};
    });
  }

  core::expected<void> create_session(const std::string& token_hash, const std::string& user, core::timestamp now,
                                      core::timestamp expires) override {
    return session_->run("signing in", access::write, [&](soci::session& sql) -> core::expected<void> {
      execute(sql, "delete from console_session where expires_at <= :now", now.ms);
      execute(sql,
              "insert into console_session (token_hash, user_name, created_at, expires_at) "
              "values (:hash, :user, :now, :expires)",
              token_hash, user, now.ms, expires.ms);
      return {};
    });
  }

  core::expected<core::console_user> find_session(const std::string& token_hash, core::timestamp now) override {
    return session_->run("finding a session", access::read,
                         [&](soci::session& sql) -> core::expected<core::console_user> {
                           user_row row;
                           if (!fetch_row(sql,
                                          "select u.name, u.role, u.company_id, u.created_at "
                                          "from console_session s join console_user u on u.name = s.user_name "
                                          "where s.token_hash = :hash and s.expires_at > :now",
                                          row.columns(), token_hash, now.ms))
                             return no_such_session();
                           return row.user();
                         });
  }

  core::expected<void> delete_session(const std::string& token_hash) override {
    return session_->run("signing out", access::write, [&](soci::session& sql) -> core::expected<void> {
      execute(sql, "delete from console_session where token_hash = :hash", token_hash);
      return {};
    });
  }

private:
  /// The platform's own have none.
  static core::expected<void> require_company(soci::session& sql, const core::tenant_id& id) {
    int found = 0;
    if (!id.empty() && !fetch_row(sql, "select 1 from company where id = :id", std::tie(found), id.value))
      return core::fail(core::ec::company_not_found, "No such company.");
    return {};
  }

  std::shared_ptr<session> session_;
};

} // namespace

std::unique_ptr<access_store> make_access_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_access_store>(std::move(connection));
}

} // namespace trunkline::persistence

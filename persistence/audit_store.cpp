#include "persistence/access_store.hpp"
#include "persistence/audit_row.hpp"
#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

namespace trunkline::persistence {

namespace {

constexpr int64_t always = std::numeric_limits<int64_t>::max();

struct audit_row {
  std::string id, kind, actor, role, action, company, target, before, after, request;
  long long at = 0;

  auto columns() { return std::tie(id, at, kind, actor, role, action, company, target, before, after, request); }

  core::audit_entry entry() const {
    return {id,
            {at},
            {{kind, actor, core::parse_role(role).value_or(core::role::company_viewer), core::tenant_id()},
             core::request_id(request)},
            action,
            core::tenant_id(company),
            target,
            before,
            after};
  }
};

class sql_audit_store final : public audit_store {
public:
  explicit sql_audit_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::page<core::audit_entry>> list(const core::audit_filter& filter,
                                                     const core::page_request& page) override {
    using result = core::expected<core::page<core::audit_entry>>;
    return session_->run("listing changes", access::read, [&](soci::session& sql) -> result {
      const page_start start(page);
      std::vector<core::audit_entry> rows;
      audit_row row;
      for_each_row(
          sql,
          "select id, at, actor_kind, actor_id, actor_role, action, company_id, target, before_value, after_value, "
          "request_id from audit where (at, id) < (:at, :id) and at >= :after and at < :before "
          "and (:company = '' or company_id = :wanted) order by at desc, id desc limit :limit",
          row.columns(), [&] { rows.push_back(row.entry()); }, start.at, start.id,
          filter.after ? filter.after->ms : -always, filter.before ? filter.before->ms : always, filter.company.value,
          filter.company.value, static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

private:
  std::shared_ptr<session> session_;
};

} // namespace

void write_audit(soci::session& sql, const core::audit_entry& entry) {
  execute(sql,
          "insert into audit (id, at, actor_kind, actor_id, actor_role, action, company_id, target, before_value, "
          "after_value, request_id) values (:id, :at, :kind, :actor, :role, :action, :company, :target, :before, "
          ":after, :request)",
          core::new_id("au_", 16), entry.at.ms, entry.by.who.kind, entry.by.who.id,
          std::string(core::to_string(entry.by.who.role)), entry.action, entry.company.value, entry.target,
          entry.before, entry.after, entry.by.request.value);
}

std::unique_ptr<audit_store> make_audit_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_audit_store>(std::move(connection));
}

} // namespace trunkline::persistence

#include "persistence/opt_out_store.hpp"

#include "json/writer.hpp"
#include "persistence/audit_row.hpp"
#include "persistence/event_log.hpp"
#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

namespace {

constexpr std::string_view columns = "phone_number, source, changed_at";

struct opt_out_line {
  std::string number, source;
  long long changed_at = 0;

  auto columns() { return std::tie(number, source, changed_at); }
  core::opt_out record() const { return {core::phone_number(number), source, {changed_at}}; }
};

std::string audited(const core::opt_out& entry) {
  json::writer out;
  out.begin_object().field("phoneNumber", entry.number).field("source", entry.source).end_object();
  return out.take();
}

/// The channels with this number say something else now, if somebody looks at them.
void tell_browsers(soci::session& sql, const core::tenant_id& tenant, const core::phone_number& number,
                   core::timestamp now) {
  std::vector<core::live_event> events;
  std::string id;
  for_each_row(
      sql,
      "select c.id from channel c join company_watch w on w.company_id = c.company_id and w.watched_at > 0 where "
      "c.company_id = :company and c.user_phone_number = :number order by c.id limit 100",
      std::tie(id),
      [&] {
        events.push_back({tenant, core::live_event_type::channel_updated, id, core::channel_id(id), "", now});
      },
      tenant.value, number.str());
  append_events(std::move(events));
}

class sql_opt_out_store final : public opt_out_store {
public:
  explicit sql_opt_out_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::page<core::opt_out>> list(const core::tenant_id& tenant,
                                                 const core::page_request& page) override {
    const auto query =
        fmt::format("select {} from opt_out where company_id = :company and opted_out = 1 and (changed_at, "
                    "phone_number) < (:at, :number) order by changed_at desc, phone_number desc limit :limit",
                    columns);
    using result = core::expected<core::page<core::opt_out>>;
    return session_->run("listing opt-outs", access::read, [&](soci::session& sql) -> result {
      const page_start start(page);
      std::vector<core::opt_out> rows;
      opt_out_line row;
      for_each_row(
          sql, query, row.columns(), [&] { rows.push_back(row.record()); }, tenant.value, start.at, start.id,
          static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

  core::expected<core::opt_out> add(const core::tenant_id& tenant, const core::phone_number& number,
                                    core::timestamp now, const core::author& by) override {
    using result = core::expected<core::opt_out>;
    return session_->run("opting somebody out", access::write, [&](soci::session& sql) -> result {
      const auto changed =
          execute(sql,
                  fmt::format("insert into opt_out as o (company_id, phone_number, opted_out, source, changed_at) "
                              "values (:company, :number, 1, 'api', :now) on conflict (company_id, phone_number) do "
                              "update set opted_out = 1, source = excluded.source, changed_at = "
                              "{}(o.changed_at, excluded.changed_at) where o.opted_out = 0",
                              session_->kind() == dialect::sqlite ? "max" : "greatest"),
                  tenant.value, number.str(), now.ms);
      auto stored = find(sql, tenant, number);
      if (!stored) // somebody has just removed it again
        return core::fail(core::ec::invalid_state, "Removed as it was added. Try again.");
      if (changed == 1) {
        write_audit(sql, {{}, now, by, "opt_out.create", tenant, number.str(), "{}", audited(*stored)});
        tell_browsers(sql, tenant, number, now);
      }
      return std::move(*stored);
    });
  }

  core::expected<void> remove(const core::tenant_id& tenant, const core::phone_number& number, core::timestamp now,
                              const core::author& by) override {
    using result = core::expected<void>;
    return session_->run("opting somebody in", access::write, [&](soci::session& sql) -> result {
      const auto was = find(sql, tenant, number);
      // The row stays, so that a STOP that was said before and arrives late still counts.
      const auto changed =
          execute(sql,
                  fmt::format("update opt_out set opted_out = 0, source = 'api', changed_at = {}(changed_at, :now) "
                              "where company_id = :company and phone_number = :number and opted_out = 1",
                              session_->kind() == dialect::sqlite ? "max" : "greatest"),
                  now.ms, tenant.value, number.str());
      if (changed == 0 || !was)
        return core::fail(core::ec::not_found, "This number has not opted out.");
      write_audit(sql, {{}, now, by, "opt_out.delete", tenant, number.str(), audited(*was), "{}"});
      tell_browsers(sql, tenant, number, now);
      return {};
    });
  }

private:
  static std::optional<core::opt_out> find(soci::session& sql, const core::tenant_id& tenant,
                                           const core::phone_number& number) {
    opt_out_line row;
    if (!fetch_row(sql,
                   fmt::format("select {} from opt_out where company_id = :company and phone_number = :number and "
                               "opted_out = 1",
                               columns),
                   row.columns(), tenant.value, number.str()))
      return std::nullopt;
    return row.record();
  }

  std::shared_ptr<session> session_;
};

} // namespace

std::unique_ptr<opt_out_store> make_opt_out_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_opt_out_store>(std::move(connection));
}

} // namespace trunkline::persistence

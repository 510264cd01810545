#include "persistence/alert_store.hpp"

#include "json/alert.hpp"
#include "persistence/alert_row.hpp"
#include "persistence/audit_row.hpp"
#include "persistence/event_log.hpp"
#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

namespace trunkline::persistence {

namespace {

constexpr int opened = 1, resolved = 2; // step of a delivery

constexpr std::string_view unresolved =
    "code = :code and coalesce(company_id, '') = :company and dependency = :dependency and state <> 'resolved'";

std::optional<core::alert> find_by_id(soci::session& sql, const std::string& id) {
  alert_row row;
  if (!fetch_row(sql, fmt::format("select {} from alert where id = :id", alert_columns), row.columns(), id))
    return std::nullopt;
  return row.alert();
}

std::optional<core::alert> find_unresolved(soci::session& sql, const core::alert_key& key) {
  alert_row row;
  if (!fetch_row(sql, fmt::format("select {} from alert where {}", alert_columns, unresolved), row.columns(),
                 std::string(to_string(key.code)), key.company.value, key.dependency))
    return std::nullopt;
  return row.alert();
}

/// As it is now: what is told later does not change any more.
void tell_outside(soci::session& sql, const core::alert& alert, int step, core::timestamp now) {
  json::writer out;
  json::write_alert(out, alert);
  execute(sql,
          "insert into alert_delivery (id, alert_id, step, body, attempts, due_at) values (:id, :alert, :step, :body, "
          "0, :now)",
          core::new_id("msg_", 24), alert.id.value, step, out.take(), now.ms);
}

/// The title with the company's name in its place; none if there is no such company.
std::optional<std::string> title_of(soci::session& sql, const core::alert_cause& cause) {
  std::string name, title = cause.title;
  const auto& company = cause.key.company.value;
  if (!company.empty() && !fetch_row(sql, "select name from company where id = :id", std::tie(name), company))
    return std::nullopt;
  if (const auto place = title.find("{}"); place != std::string::npos)
    title.replace(place, 2, name);
  return title;
}

bool make_older(soci::session& sql, const core::alert_cause& cause, const std::string& title, core::timestamp now) {
  return execute(sql,
                 fmt::format("update alert set occurrences = occurrences + :times, last_seen_at = case when "
                             "last_seen_at < :seen then :now else last_seen_at end, severity = :severity, title = "
                             ":title, detail = :detail, fix = :fix where {}",
                             unresolved),
                 cause.times, now.ms, now.ms, std::string(to_string(cause.severity)), title, cause.detail, cause.fix,
                 std::string(to_string(cause.key.code)), cause.key.company.value, cause.key.dependency) > 0;
}

/// False if somebody else has just opened it.
bool open_new(soci::session& sql, const core::alert_cause& cause, const std::string& title, core::timestamp now) {
  const auto& company = cause.key.company.value;
  return execute(sql,
                 fmt::format("insert into alert ({}) values (:id, :code, :company, :dependency, :severity, 'open', "
                             ":title, :detail, :fix, :times, :opened, :seen, null, '', null) on conflict do nothing",
                             alert_columns),
                 core::new_id("al_", 16), std::string(to_string(cause.key.code)),
                 nullable_text(company.empty() ? std::nullopt : std::optional(company)), cause.key.dependency,
                 std::string(to_string(cause.severity)), title, cause.detail, cause.fix, cause.times, now.ms,
                 now.ms) > 0;
}

/// The company's browsers hear of it; nobody watches the platform.
void tell_browsers(const core::alert& alert, core::timestamp now) {
  if (!alert.key.company.empty())
    append_events({{alert.key.company, core::live_event_type::alert, alert.id.value, core::channel_id(), "", now}});
}

class sql_alert_store final : public alert_store {
public:
  explicit sql_alert_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::alert> raise(const core::alert_cause& cause, core::timestamp now, bool tell) override {
    return session_->run("raising an alert", access::write, [&](soci::session& sql) -> core::expected<core::alert> {
      const auto title = title_of(sql, cause);
      if (!title)
        return core::fail(core::ec::company_not_found, "No such company.");
      bool is_new = false;
      for (int attempt = 0; attempt < 3; ++attempt) { // between the two another node may open or resolve it
        if (make_older(sql, cause, *title, now) || (is_new = open_new(sql, cause, *title, now)))
          break;
      }
      auto stored = find_unresolved(sql, cause.key);
      if (!stored)
        return core::fail(core::ec::invalid_state, "Resolved as it was raised.");
      if (is_new && tell)
        tell_outside(sql, *stored, opened, now);
      if (is_new)
        tell_browsers(*stored, now);
      return std::move(*stored);
    });
  }

  core::expected<bool> resolve(const core::alert_key& key, std::optional<core::timestamp> unseen_since,
                               core::timestamp now, bool tell) override {
    return session_->run("resolving an alert", access::write, [&](soci::session& sql) -> core::expected<bool> {
      const auto found = find_unresolved(sql, key);
      if (!found)
        return false;
      const auto latest = unseen_since ? unseen_since->ms : std::numeric_limits<int64_t>::max();
      const auto changed =
          execute(sql,
                  "update alert set state = 'resolved', resolved_at = :now where id = :id and state <> "
                  "'resolved' and last_seen_at <= :latest",
                  now.ms, found->id.value, latest);
      if (changed == 1 && tell)
        tell_outside(sql, *find_by_id(sql, found->id.value), resolved, now);
      if (changed == 1)
        tell_browsers(*found, now);
      return changed == 1;
    });
  }

  core::expected<std::vector<core::open_alert>> open(size_t most) override;
  core::expected<core::alert> acknowledge(const core::alert_id& id, core::timestamp now,
                                          const core::author& by) override;
  core::expected<core::page<core::alert>> list(const core::alert_filter& filter,
                                               const core::page_request& page) override;
  core::expected<std::vector<core::alert_delivery>> take_deliveries(size_t most, core::timestamp now,
                                                                    core::timestamp until) override;
  core::expected<void> finish_delivery(const std::string& id, std::optional<core::timestamp> again) override;

private:
  std::shared_ptr<session> session_;
};

core::expected<std::vector<core::open_alert>> sql_alert_store::open(size_t most) {
  using result = core::expected<std::vector<core::open_alert>>;
  return session_->run("reading open alerts", access::read, [&](soci::session& sql) -> result {
    std::vector<core::open_alert> all;
    std::string code, company, dependency;
    long long seen = 0;
    for_each_row(
        sql,
        "select code, coalesce(company_id, ''), dependency, last_seen_at from alert where state <> 'resolved' "
        "order by opened_at, id limit :most",
        std::tie(code, company, dependency, seen),
        [&] {
          if (const auto known = core::parse_alert_code(code)) // a newer node's are that node's business
            all.push_back({{*known, core::tenant_id(company), dependency}, {seen}});
        },
        static_cast<long long>(most));
    return all;
  });
}

core::expected<core::alert> sql_alert_store::acknowledge(const core::alert_id& id, core::timestamp now,
                                                         const core::author& by) {
  return session_->run("acknowledging an alert", access::write, [&](soci::session& sql) -> core::expected<core::alert> {
    const auto changed = execute(sql,
                                 "update alert set state = 'acknowledged', acknowledged_at = :now, acknowledged_by = "
                                 ":by where id = :id and state = 'open'",
                                 now.ms, by.who.id, id.value);
    auto stored = find_by_id(sql, id.value);
    if (!stored)
      return core::fail(core::ec::not_found, "No such alert.");
    if (stored->state == core::alert_state::resolved)
      return core::fail(core::ec::invalid_state, "This alert is resolved: there is nothing to acknowledge any more.");
    if (changed == 1)
      write_audit(sql, {{}, now, by, "alert.acknowledge", stored->key.company, id.value, "{}", "{}"});
    if (changed == 1)
      tell_browsers(*stored, now);
    return std::move(*stored);
  });
}

core::expected<core::page<core::alert>> sql_alert_store::list(const core::alert_filter& filter,
                                                              const core::page_request& page) {
  // An empty parameter means "any"; every name stands once, so some values are given twice.
  const std::string query = fmt::format(
      "select {} from alert where (opened_at, id) < (:at, :id) and (:company = '' or company_id = :owner) "
      "and (:code = '' or code = :stored) and (:state = '' or state = :kept) order by opened_at desc, id desc "
      "limit :limit",
      alert_columns);
  const std::string code(filter.code ? to_string(*filter.code) : ""),
      state(filter.state ? to_string(*filter.state) : "");
  using result = core::expected<core::page<core::alert>>;
  return session_->run("listing alerts", access::read, [&](soci::session& sql) -> result {
    const page_start start(page);
    std::vector<core::alert> rows;
    alert_row row;
    for_each_row(
        sql, query, row.columns(), [&] { rows.push_back(row.alert()); }, start.at, start.id, filter.company.value,
        filter.company.value, code, code, state, state, static_cast<long long>(page.limit + 1));
    return cut_page(std::move(rows), page.limit);
  });
}

core::expected<std::vector<core::alert_delivery>> sql_alert_store::take_deliveries(size_t most, core::timestamp now,
                                                                                   core::timestamp until) {
  const std::string query =
      fmt::format("select d.id, d.body, d.attempts from alert_delivery d where d.due_at <= :now and not exists (select "
                  "1 from alert_delivery e where e.alert_id = d.alert_id and e.step < d.step) order by d.due_at, d.id "
                  "limit :most{}",
                  session_->kind() == dialect::postgresql ? " for update of d skip locked" : "");
  using result = core::expected<std::vector<core::alert_delivery>>;
  return session_->run("taking deliveries", access::write, [&](soci::session& sql) -> result {
    std::vector<core::alert_delivery> taken;
    core::alert_delivery one;
    for_each_row(
        sql, query, std::tie(one.id, one.body, one.attempts), [&] { taken.push_back(one); }, now.ms,
        static_cast<long long>(most));
    for (auto& delivery : taken) {
      ++delivery.attempts;
      execute(sql, "update alert_delivery set attempts = :attempts, due_at = :until where id = :id", delivery.attempts,
              until.ms, delivery.id);
    }
    return taken;
  });
}

core::expected<void> sql_alert_store::finish_delivery(const std::string& id, std::optional<core::timestamp> again) {
  return session_->run("finishing a delivery", access::write, [&](soci::session& sql) -> core::expected<void> {
    if (again)
      execute(sql, "update alert_delivery set due_at = :at where id = :id", again->ms, id);
    else
      execute(sql, "delete from alert_delivery where id = :id", id);
    return {};
  });
}

} // namespace

std::unique_ptr<alert_store> make_alert_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_alert_store>(std::move(connection));
}

} // namespace trunkline::persistence

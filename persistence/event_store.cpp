#include "persistence/event_store.hpp"

#include "persistence/alert_row.hpp"
#include "persistence/call_row.hpp"
#include "persistence/channel_row.hpp"
#include "persistence/json_rows.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trunkline::persistence {

namespace {

std::string ids_in(dialect kind) { return fmt::format("(select id from {})", from_json_rows(kind, {{"id", "text"}})); }

std::string rows_of(const std::vector<std::string>& ids) {
  json_rows rows;
  for (const auto& id : ids)
    rows.add(id);
  return rows.take();
}

std::string rows_of(const std::vector<core::tenant_id>& companies) {
  json_rows rows;
  for (const auto& company : companies)
    rows.add(company.value);
  return rows.take();
}

/// Once each.
std::vector<std::string> subjects_of(const std::vector<core::kept_event>& events,
                                     std::initializer_list<core::live_event_type> types) {
  std::vector<std::string> ids;
  for (const auto& event : events)
    if (event.data.empty() && std::find(types.begin(), types.end(), event.type) != types.end())
      ids.push_back(event.subject);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// So long after its beginning somebody may not know of a watch, if whoever began it died before he told; all read it
/// again sooner than that.
constexpr int64_t all_know_after_ms = 60'000;
/// When somebody watches is written no more often than that.
constexpr int64_t stale_after_ms = 3'600'000;

struct counter_row {
  long long last_seq = 0, watched_at = 0;
};

/// Whoever locks several counters takes them in the order of the companies.
std::string in_order(dialect kind, std::string_view condition) {
  return fmt::format("(select company_id from company_watch where {} order by company_id{})", condition,
                     kind == dialect::postgresql ? " for update" : "");
}

/// Locked until the transaction ends; made if there is none.
std::pair<counter_row, bool> take_counter(soci::session& sql, dialect kind, const core::tenant_id& company,
                                          core::timestamp now) {
  const bool fresh = execute(sql,
                             "insert into company_watch (company_id, last_seq, watched_at) values (:company, 0, :now) "
                             "on conflict (company_id) do nothing",
                             company.value, now.ms) == 1;
  counter_row row;
  fetch_row(sql,
            fmt::format("select last_seq, watched_at from company_watch where company_id = :company{}",
                        kind == dialect::postgresql ? " for update" : ""),
            std::tie(row.last_seq, row.watched_at), company.value);
  return {row, fresh};
}

/// Nobody has counted what happened meanwhile, so whoever remembers an older number must hear that.
void wake_up(soci::session& sql, const core::tenant_id& company, counter_row& row, core::timestamp now) {
  ++row.last_seq;
  execute(sql, "update company_watch set last_seq = last_seq + 1, watched_at = :now where company_id = :company",
          now.ms, company.value);
  execute(sql,
          "insert into company_event (company_id, seq, type, subject, channel_id, data, at) values (:company, :seq, "
          "'resync', '', '', :data, :now)",
          company.value, row.last_seq, std::string(core::history_gone), now.ms);
}

class sql_event_store final : public event_store {
public:
  explicit sql_event_store(std::unique_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<watch_start> watch(const core::tenant_id& company, core::timestamp now) override {
    auto begun = session_->run("watching a company", access::write,
                               [&](soci::session& sql) { return begin_watch(sql, company, now); });
    if (!begun || begun->horizon == 0)
      return begun;
    if (auto told = move_version_on(); !told)
      return core::fail(std::move(told).error());
    // Greater than that of every transaction that may have read the version before.
    auto horizon = transaction_number("pg_current_xact_id()");
    if (!horizon)
      return core::fail(std::move(horizon).error());
    begun->horizon = *horizon;
    return begun;
  }

  core::expected<int64_t> settled_to() override {
    return kind() == dialect::sqlite ? core::expected<int64_t>(0)
                                     : transaction_number("pg_snapshot_xmin(pg_current_snapshot())");
  }

  core::expected<bool> still_watched(const std::vector<core::tenant_id>& companies, core::timestamp now) override {
    return session_->run("watching on", access::write, [&](soci::session& sql) -> core::expected<bool> {
      const auto found =
          execute(sql,
                  fmt::format("update company_watch set watched_at = {} where company_id in {}", now.ms,
                              in_order(kind(), fmt::format("watched_at > 0 and company_id in {}", ids_in(kind())))),
                  rows_of(companies));
      return found == static_cast<long long>(companies.size());
    });
  }

  core::expected<void> let_lapse(core::timestamp unwatched_since) override {
    const auto lapsed =
        session_->run("letting watches lapse", access::write, [&](soci::session& sql) -> core::expected<bool> {
          const auto those = in_order(kind(), fmt::format("watched_at > 0 and watched_at < {}", unwatched_since.ms));
          return execute(sql, fmt::format("update company_watch set watched_at = 0 where company_id in {}", those)) > 0;
        });
    if (!lapsed)
      return core::fail(lapsed.error());
    return *lapsed ? move_version_on() : core::expected<void>();
  }

  core::expected<void> refresh() override {
    if (kind() == dialect::sqlite)
      return {};
    return session_->run("reading who is watched", access::read, [&](soci::session& sql) -> core::expected<void> {
      session_->watched().read_again(sql, kind());
      return {};
    });
  }

  core::expected<std::vector<std::pair<core::tenant_id, int64_t>>>
  heads(const std::vector<core::tenant_id>& companies) override;
  core::expected<std::vector<core::kept_event>> read(const core::tenant_id& company, int64_t after,
                                                     size_t most) override;
  core::expected<event_subjects> subjects(const core::tenant_id& company,
                                          const std::vector<core::kept_event>& events) override;
  core::expected<std::optional<core::tenant_id>> prune(const core::tenant_id& from, core::timestamp before,
                                                       int64_t most_kept, size_t rows) override;

private:
  /// What is not kept any more of a company: all up to `bound`, of which `lowest` is still there.
  struct surplus {
    std::string company;
    long long lowest = 0, bound = 0;
  };

  dialect kind() const { return session_->kind(); }
  core::expected<watch_start> begin_watch(soci::session& sql, const core::tenant_id& company, core::timestamp now);
  core::expected<void> move_version_on();
  core::expected<int64_t> transaction_number(std::string_view expression);
  std::optional<surplus> surplus_of(soci::session& sql, const std::string& company, long long last_seq,
                                    core::timestamp before, int64_t most_kept) const;

  std::unique_ptr<session> session_;
};

/// The horizon is 1 if others have to hear of it: also of what is new, since whoever began may have died before he
/// told.
core::expected<watch_start> sql_event_store::begin_watch(soci::session& sql, const core::tenant_id& company,
                                                         core::timestamp now) {
  auto [row, fresh] = take_counter(sql, kind(), company, now);
  const bool lapsed = row.watched_at == 0, stale = row.watched_at < now.ms - stale_after_ms;
  if (lapsed)
    wake_up(sql, company, row, now);
  else if (stale)
    execute(sql, "update company_watch set watched_at = :now where company_id = :company", now.ms, company.value);
  if (kind() == dialect::sqlite) {
    if (fresh || lapsed)
      session_->watched().read_again(sql, kind());
    return watch_start{row.last_seq, 0};
  }
  const bool is_new = fresh || lapsed || row.watched_at > now.ms - all_know_after_ms;
  return watch_start{row.last_seq, is_new || !session_->watched().now()->has(company) ? 1 : 0};
}

/// After the commit of what has changed: whoever sees the new version finds the rows.
core::expected<void> sql_event_store::move_version_on() {
  const auto mode = kind() == dialect::sqlite ? access::write : access::read;
  return session_->run("telling who is watched", mode, [&](soci::session& sql) -> core::expected<void> {
    long long ignored = 0;
    if (kind() == dialect::postgresql)
      fetch_row(sql, "select nextval('company_watch_version')", std::tie(ignored));
    session_->watched().read_again(sql, kind());
    return {};
  });
}

core::expected<int64_t> sql_event_store::transaction_number(std::string_view expression) {
  return session_->run("looking at transactions", access::read, [&](soci::session& sql) -> core::expected<int64_t> {
    long long number = 0;
    fetch_row(sql, fmt::format("select cast(cast({} as text) as bigint)", expression), std::tie(number));
    return number;
  });
}

core::expected<std::vector<std::pair<core::tenant_id, int64_t>>>
sql_event_store::heads(const std::vector<core::tenant_id>& companies) {
  using result = core::expected<std::vector<std::pair<core::tenant_id, int64_t>>>;
  return session_->run("looking for events", access::read, [&](soci::session& sql) -> result {
    std::vector<std::pair<core::tenant_id, int64_t>> found;
    std::string company;
    long long last = 0;
    for_each_row(
        sql, fmt::format("select company_id, last_seq from company_watch where company_id in {}", ids_in(kind())),
        std::tie(company, last), [&] { found.emplace_back(company, last); }, rows_of(companies));
    return found;
  });
}

core::expected<std::vector<core::kept_event>> sql_event_store::read(const core::tenant_id& company, int64_t after,
                                                                    size_t most) {
  using result = core::expected<std::vector<core::kept_event>>;
  return session_->run("reading events", access::read, [&](soci::session& sql) -> result {
    std::vector<core::kept_event> found;
    core::kept_event event;
    std::string type;
    long long seq = 0;
    for_each_row(
        sql,
        "select seq, type, subject, channel_id, data from company_event where company_id = :company and seq > :after "
        "order by seq limit :most",
        std::tie(seq, type, event.subject, event.channel.value, event.data),
        [&] {
          const auto known = core::parse_live_event_type(type);
          found.push_back(known ? event : core::kept_event()); // a newer node's is of nothing that is known here
          found.back().seq = seq;
          found.back().type = known.value_or(core::live_event_type::new_message);
        },
        company.value, after, static_cast<long long>(most));
    return found;
  });
}

core::expected<event_subjects> sql_event_store::subjects(const core::tenant_id& company,
                                                         const std::vector<core::kept_event>& events) {
  using enum core::live_event_type;
  const auto messages = subjects_of(events, {new_message, message_status});
  const auto channels = subjects_of(events, {channel_updated});
  const auto calls = subjects_of(events, {call_updated}), alerts = subjects_of(events, {core::live_event_type::alert});
  return session_->run(
      "reading what events are about", access::snapshot, [&](soci::session& sql) -> core::expected<event_subjects> {
        event_subjects found;
        for (auto& message : read_messages(sql, kind(), messages))
          found.messages.emplace(message.id.value, std::move(message));
        for (auto& channel : read_channels(sql, kind(), channels))
          found.channels.emplace(channel.id.value, std::move(channel));
        call_row call;
        if (!calls.empty())
          for_each_row(
              sql,
              fmt::format("select {} from call where company_id = :company and id in {}", call_columns, ids_in(kind())),
              call.columns(), [&] { found.calls.emplace(call.id, call.record()); }, company.value, rows_of(calls));
        alert_row one;
        if (!alerts.empty())
          for_each_row(
              sql, fmt::format("select {} from alert where id in {}", alert_columns, ids_in(kind())), one.columns(),
              [&] { found.alerts.emplace(one.id, one.alert()); }, rows_of(alerts));
        return found;
      });
}

std::optional<sql_event_store::surplus> sql_event_store::surplus_of(soci::session& sql, const std::string& company,
                                                                    long long last_seq, core::timestamp before,
                                                                    int64_t most_kept) const {
  surplus found{company, 0, 0};
  if (!fetch_row(sql, "select seq from company_event where company_id = :company order by seq limit 1",
                 std::tie(found.lowest), company))
    return std::nullopt;
  long long young = last_seq + 1; // numbers grow with time, but clocks may not
  fetch_row(sql, "select seq from company_event where company_id = :company and at >= :before order by seq limit 1",
            std::tie(young), company, before.ms);
  found.bound = std::max<long long>(young - 1, last_seq - most_kept);
  return found.lowest <= found.bound ? std::optional(found) : std::nullopt;
}

core::expected<std::optional<core::tenant_id>>
sql_event_store::prune(const core::tenant_id& from, core::timestamp before, int64_t most_kept, size_t rows) {
  constexpr long long companies_at_once = 100;
  std::vector<std::pair<std::string, long long>> companies;
  std::vector<surplus> old;
  const auto looked =
      session_->run("looking for old events", access::read, [&](soci::session& sql) -> core::expected<void> {
        companies.clear(), old.clear();
        std::string company;
        long long last = 0;
        for_each_row(
            sql,
            "select company_id, last_seq from company_watch where company_id > :from order by company_id limit :most",
            std::tie(company, last), [&] { companies.emplace_back(company, last); }, from.value, companies_at_once);
        for (const auto& [id, last_seq] : companies)
          if (auto found = surplus_of(sql, id, last_seq, before, most_kept))
            old.push_back(std::move(*found));
        return {};
      });
  if (!looked)
    return core::fail(looked.error());
  auto next =
      companies.size() < companies_at_once ? std::nullopt : std::optional(core::tenant_id(companies.back().first));
  for (const auto& one : old) {
    const auto end = std::min<long long>(one.bound, one.lowest + static_cast<long long>(rows) - 1);
    const auto removed =
        session_->run("removing old events", access::write, [&](soci::session& sql) -> core::expected<void> {
          execute(sql, "delete from company_event where company_id = :company and seq <= :end", one.company, end);
          return {};
        });
    if (!removed)
      return core::fail(removed.error());
    rows -= static_cast<size_t>(end - one.lowest + 1);
    if (rows == 0) // the same companies again
      return std::optional(from);
  }
  return next;
}

} // namespace

std::unique_ptr<event_store> make_event_store(database& db) { return std::make_unique<sql_event_store>(db.connect()); }

} // namespace trunkline::persistence

#include "persistence/statement.hpp"
#include "persistence/stores_internal.hpp"

#include <fmt/format.h>

#include <map>

namespace trunkline::persistence {

namespace {

/// Who has which number: the list and the legacy number, whatever phone_claim says, because an import or a hand may
/// have gone past it.
constexpr std::string_view holders =
    "(select company_id, phone_number, 'phoneNumbers' as field from company_number "
    "union all select company_id, legacy_number, 'phoneNumber' from company_config where legacy_number <> '')";

/// What readiness asks, each a column, so that it costs one question.
std::string facts_sql() {
  return fmt::format(
      "select k.last_updated, "
      "case when exists (select 1 from company_config other where other.account_sid = k.account_sid and k.account_sid "
      "<> '' and "
      "other.company_id <> k.company_id) then 1 else 0 end, "
      "case when exists (select 1 from {0} mine join {0} other on other.phone_number = mine.phone_number where "
      "mine.company_id = "
      "k.company_id and other.company_id <> k.company_id) then 1 else 0 end, "
      "n.numbers, n.checked, n.wrong, a.checked_at, coalesce(a.accepted, 0), coalesce(a.account_status, ''), "
      "coalesce(a.account_type, ''), "
      "case when exists (select 1 from call where call.company_id = k.company_id and coalesce(started_at, 0) >= "
      "k.last_updated "
      "and direction = 'inbound') then 1 else 0 end, "
      "case when exists (select 1 from message where message.company_id = k.company_id and created_at >= "
      "k.last_updated and "
      "status in ('received', 'delivered', 'read')) then 1 else 0 end "
      "from company_config k left join account_check a on a.company_id = k.company_id cross join "
      "(select count(*) as numbers, count(in_account) as checked, coalesce(sum(case when in_account = 0 then 1 else 0 "
      "end), 0) as wrong from company_number where company_id = :same) n where k.company_id = :company",
      holders);
}

core::tenant_facts facts_of(soci::session& sql, const std::string& company) {
  long long since = 0, all = 0, checked = 0, wrong = 0;
  int accounts = 0, numbers = 0, calls = 0, messages = 0, accepted = 0;
  nullable_int checked_at;
  core::account_check check;
  core::tenant_facts facts;
  if (!fetch_row(sql, facts_sql(),
                 std::tie(since, accounts, numbers, all, checked, wrong, checked_at, accepted, check.status, check.type,
                          calls, messages),
                 company, company))
    return facts;
  facts.account_shared = accounts != 0;
  facts.number_shared = numbers != 0;
  if (wrong > 0)
    facts.numbers_in_account = false;
  else if (all > 0 && checked == all)
    facts.numbers_in_account = true;
  if (const auto at = time_of(checked_at)) {
    check.at = *at;
    check.accepted = accepted != 0;
    facts.account = check;
  }
  facts.call_answered = calls != 0;
  facts.message_arrived = messages != 0;
  return facts;
}

/// The spans as a table of three columns; numbers only, so there is nothing to escape.
std::string spans_as_rows(const std::vector<std::pair<core::timestamp, core::timestamp>>& days) {
  std::string rows;
  for (size_t i = 0; i < days.size(); ++i)
    rows += fmt::format("{}({}, {}, {})", i == 0 ? "" : ", ", i, days[i].first.ms, days[i].second.ms);
  return rows;
}

void add_calls(soci::session& sql, const std::string& company, const std::string& spans,
               std::vector<core::usage_day>& days) {
  long long day = 0, calls = 0, minutes = 0;
  for_each_row(
      sql,
      fmt::format("with span (day, first, past) as (values {}) select day, count(*), "
                  "coalesce(sum((coalesce(duration_seconds, 0) + 59) / 60), 0) from span join call on "
                  "coalesce(started_at, 0) >= first and coalesce(started_at, 0) < past "
                  "where company_id = :company and direction = 'inbound' group by day",
                  spans),
      std::tie(day, calls, minutes),
      [&] {
        days[static_cast<size_t>(day)].calls_in = calls;
        days[static_cast<size_t>(day)].call_minutes = minutes;
      },
      company);
}

void add_messages(soci::session& sql, const std::string& company, const std::string& spans,
                  std::vector<core::usage_day>& days) {
  std::string direction;
  long long day = 0, messages = 0, segments = 0;
  for_each_row(
      sql,
      fmt::format("with span (day, first, past) as (values {}) select day, direction, count(*), "
                  "coalesce(sum(segments), 0) from span join message on created_at >= first "
                  "and created_at < past where company_id = :company group by day, direction",
                  spans),
      std::tie(day, direction, messages, segments),
      [&] {
        auto& row = days[static_cast<size_t>(day)];
        if (direction == "inbound")
          row.messages_in = messages;
        else
          row.messages_out = messages, row.segments_out = segments;
      },
      company);
}

class sql_tenant_facts_store final : public tenant_facts_store {
public:
  explicit sql_tenant_facts_store(std::shared_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<core::tenant_facts> find(const core::tenant_id& id) override {
    return session_->run(
        "reading facts of a company", access::read,
        [&](soci::session& sql) -> core::expected<core::tenant_facts> { return facts_of(sql, id.value); });
  }

  core::expected<void> put_account_check(const core::tenant_id& id, const core::account_check& check) override {
    return session_->run("storing an account check", access::write, [&](soci::session& sql) -> core::expected<void> {
      execute(sql,
              "insert into account_check (company_id, checked_at, accepted, account_status, account_type) "
              "select id, :at, :accepted, :status, :type from company where id = :company "
              "on conflict (company_id) do update set checked_at = excluded.checked_at, accepted = excluded.accepted, "
              "account_status = excluded.account_status, account_type = excluded.account_type",
              check.at.ms, int{check.accepted}, check.status, check.type, id.value);
      return {};
    });
  }

  core::expected<core::page<core::number_conflict>> conflicts(const core::page_request& page) override {
    using result = core::expected<core::page<core::number_conflict>>;
    return session_->run("looking for conflicts", access::snapshot, [&](soci::session& sql) -> result {
      const auto start = page.after ? page.after->second : std::string();
      std::vector<core::number_conflict> rows;
      std::string number, company, name, field;
      for_each_row(
          sql,
          fmt::format("with taken_twice as (select phone_number from {0} h where (:start = '' or phone_number < :past) "
                      "group by phone_number having count(distinct company_id) > 1 order by phone_number desc "
                      "limit :limit) select h.phone_number, h.company_id, c.name, h.field from {0} h "
                      "join taken_twice t on t.phone_number = h.phone_number join company c on c.id = h.company_id "
                      "order by h.phone_number desc, h.company_id, h.field",
                      holders),
          std::tie(number, company, name, field),
          [&] {
            if (rows.empty() || rows.back().number.str() != number)
              rows.push_back({core::phone_number(number), {}});
            rows.back().holders.push_back({core::tenant_id(company), name, field});
          },
          start, start, static_cast<long long>(page.limit + 1));
      return cut_page(std::move(rows), page.limit);
    });
  }

  core::expected<std::vector<core::usage_day>>
  usage(const core::tenant_id& id, const std::vector<std::pair<core::timestamp, core::timestamp>>& days) override {
    using result = core::expected<std::vector<core::usage_day>>;
    return session_->run("adding up usage", access::snapshot, [&](soci::session& sql) -> result {
      std::vector<core::usage_day> found(days.size());
      if (days.empty())
        return found;
      const auto spans = spans_as_rows(days);
      add_calls(sql, id.value, spans, found);
      add_messages(sql, id.value, spans, found);
      return found;
    });
  }

private:
  std::shared_ptr<session> session_;
};

} // namespace

std::unique_ptr<tenant_facts_store> make_tenant_facts_store(std::shared_ptr<session> connection) {
  return std::make_unique<sql_tenant_facts_store>(std::move(connection));
}

} // namespace trunkline::persistence

#include "persistence/change_feed.hpp"

#include "persistence/database.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"

namespace trunkline::persistence {

namespace {

/// More than so many are told as `everything`: reading them one by one would take longer.
constexpr size_t most_at_once = 1'000;

class sql_change_feed final : public change_feed {
public:
  sql_change_feed(database& db, std::chrono::seconds keep) : session_(db.connect()), keep_(keep) {}

  core::expected<company_changes> read() override {
    auto found = session_->run("reading changes", access::snapshot, [this](soci::session& sql) { return look(sql); });
    if (!found)
      return core::fail(std::move(found).error());
    const bool was_away = !seen_to_.empty() && found->oldest_kept_is_newer;
    seen_to_ = found->next;
    company_changes changes{was_away || found->companies.size() > most_at_once, {}};
    if (!changes.everything)
      changes.companies = std::move(found->companies);
    if (now_and_then())
      prune();
    return changes;
  }

private:
  struct news {
    std::vector<core::tenant_id> companies;
    std::string next;
    bool oldest_kept_is_newer = false;
  };

  /// Rows are removed up to a transaction, which is kept, so that whoever has not seen it knows that he missed some.
  core::expected<news> look(soci::session& sql) {
    news found;
    sql << "select pg_snapshot_xmin(pg_current_snapshot())::text", soci::into(found.next);
    if (seen_to_.empty())
      return found;
    std::string id;
    for_each_row(sql, fmt::format("select distinct company_id from company_change where xid >= '{}'::xid8", seen_to_),
                 std::tie(id), [&] { found.companies.emplace_back(id); });
    int missed = 0;
    sql << fmt::format("select (coalesce((select max(xid) from company_change where company_id = ''), '0'::xid8) >= "
                       "'{}'::xid8)::int",
                       seen_to_),
        soci::into(missed);
    found.oldest_kept_is_newer = missed != 0;
    std::erase_if(found.companies, [](const auto& company) { return company.empty(); });
    return found;
  }

  bool now_and_then() {
    const auto now = std::chrono::steady_clock::now();
    if (now < prune_at_)
      return false;
    prune_at_ = now + keep_ / 4;
    return true;
  }

  /// The row without a company says up to where rows are gone.
  void prune() {
    const auto age = fmt::format("clock_timestamp() - interval '{} seconds'", keep_.count());
    const auto done = session_->run("removing old changes", access::write, [&](soci::session& sql) {
      std::string last;
      soci::indicator found = soci::i_null;
      sql << "select max(xid)::text from company_change where company_id <> '' and changed_at < " + age,
          soci::into(last, found);
      if (found == soci::i_ok) {
        sql << fmt::format(
            "insert into company_change (xid, company_id) values ('{}'::xid8, '') on conflict do nothing", last);
        sql << fmt::format("delete from company_change where (xid <= '{0}'::xid8 and company_id <> '' and changed_at < "
                           "{1}) or (xid < '{0}'::xid8 and company_id = '')",
                           last, age);
      }
      return core::expected<void>();
    });
    (void)done; // next time
  }

  const std::unique_ptr<session> session_;
  const std::chrono::seconds keep_;
  std::string seen_to_; ///< everything before this transaction has been told
  std::chrono::steady_clock::time_point prune_at_;
};

} // namespace

std::unique_ptr<change_feed> make_change_feed(database& db, std::chrono::seconds keep) {
  return std::make_unique<sql_change_feed>(db, keep);
}

} // namespace trunkline::persistence

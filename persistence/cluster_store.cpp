#include "persistence/cluster_store.hpp"

#include "persistence/cluster_join.hpp"
#include "persistence/cluster_sql.hpp"
#include "persistence/journal.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"

namespace trunkline::persistence {

namespace {

/// The lock of a run, as long as the connection lasts.
struct alive_lock {
  explicit alive_lock(soci::session&) {}
  bool held = false;
};

core::member member_of(const member_row& row) {
  core::member one;
  one.incarnation = row.incarnation;
  one.name = row.name;
  one.status = core::parse_node_status(row.status).value_or(core::node_status::dead);
  one.address = row.address;
  one.caf_node_id = row.caf_node_id;
  one.app_version = row.app_version;
  one.protocol_version = row.protocol_version;
  one.weight = row.weight;
  one.lease_remaining = std::chrono::milliseconds(row.lease_remaining);
  one.lease_unbroken_since = {row.unbroken_since};
  one.stats = {row.companies, row.degraded != 0};
  return one;
}

/// Live ones, and of names that have none the run that ended last.
std::vector<core::member> read_members(soci::session& sql) {
  std::vector<core::member> all;
  member_row row;
  for_each_row(sql,
               fmt::format("select {} from cluster_node n where cluster_is_live(status) or not exists (select 1 from "
                           "cluster_node later where later.name = n.name and later.incarnation > n.incarnation) "
                           "order by name, incarnation",
                           member_columns),
               row.columns(), [&] { all.push_back(member_of(row)); });
  return all;
}

/// What somebody has who is gone is free already, whatever its row says.
std::vector<core::shard_row> read_shards(soci::session& sql) {
  std::vector<core::shard_row> all;
  int shard = 0;
  long long epoch = 0;
  nullable_int owner;
  std::string state;
  for_each_row(
      sql,
      "select s.shard, s.epoch, n.incarnation, s.state from shard_owner s left join cluster_node n on n.incarnation = "
      "s.owner and cluster_is_live(n.status) order by s.shard",
      std::tie(shard, epoch, owner, state), [&] {
        core::shard_row row{shard, std::nullopt, epoch, core::shard_state::free};
        if (const auto who = owner.get()) {
          row.owner = static_cast<int>(*who);
          row.state = core::parse_shard_state(state).value_or(core::shard_state::owned);
        }
        all.push_back(row);
      });
  return all;
}

class sql_cluster_store final : public cluster_store {
public:
  explicit sql_cluster_store(std::unique_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<int> new_incarnation() override {
    return ask<int>("taking an incarnation", [](soci::session& sql) {
      int number = 0;
      fetch_row(sql, "select nextval('cluster_incarnation')", std::tie(number));
      return number;
    });
  }

  core::expected<void> hold_alive(int me) override {
    return ask<bool>("showing that this node is alive",
                     [&](soci::session& sql) {
                       auto& lock = session_->local<alive_lock>();
                       int one = 0; // the server finds out whether we are there
                       if (lock.held)
                         return fetch_row(sql, "select 1", std::tie(one));
                       execute(sql, "set client_connection_check_interval = '1s'");
                       std::string none;
                       fetch_row(sql, "select cast(pg_advisory_lock(7237, :me) as text)", std::tie(none), me);
                       return lock.held = true;
                     })
        .map([](bool) {});
  }

  core::expected<void> join(int me, const join_request& request) override {
    if (session_->kind() != dialect::postgresql)
      return no_cluster();
    return session_->run("joining the cluster", access::write,
                         [&](soci::session& sql) { return join_cluster(sql, me, request); });
  }

  core::expected<bool> go(int me, core::node_status wanted) override {
    return yes_or_no("changing the state of this node", "select cast(cluster_go(:me, :wanted) as integer)", me,
                     std::string(to_string(wanted)));
  }

  core::expected<std::optional<int64_t>> renew(int me, ms ttl, const core::node_stats& stats) override {
    return ask<std::optional<int64_t>>("renewing the lease", [&](soci::session& sql) -> std::optional<int64_t> {
      long long version = 0;
      const bool alive =
          fetch_row(sql,
                    "select * from cluster_renew(:me, cast(:ttl as interval), :companies, cast(:bad as boolean), "
                    "cast(:kept as boolean))",
                    std::tie(version), me, interval(ttl), stats.companies_active, boolean(stats.degraded),
                    boolean(events_in_journals() > 0));
      return alive ? std::optional<int64_t>(version) : std::nullopt;
    });
  }

  core::expected<core::cluster_view> view() override {
    if (session_->kind() != dialect::postgresql)
      return no_cluster();
    return session_->run("reading the cluster's view", access::snapshot,
                         [](soci::session& sql) -> core::expected<core::cluster_view> {
                           core::cluster_view view;
                           long long version = 0;
                           fetch_row(sql, "select version from cluster_view where id = 1", std::tie(version));
                           view.version = version;
                           view.members = read_members(sql);
                           view.shards = read_shards(sql);
                           return view;
                         });
  }

  core::expected<bool> evict(int me, int victim, ms ttl) override {
    return yes_or_no("evicting a node", "select cast(cluster_evict(:me, :victim, cast(:ttl as interval)) as integer)",
                     me, victim, interval(ttl));
  }

  core::expected<bool> evict_crashed(int me, int victim, ms ttl) override {
    return yes_or_no("evicting a crashed node",
                     "select cast(cluster_evict_crashed(:me, :victim, cast(:ttl as interval)) as integer)", me, victim,
                     interval(ttl));
  }

  core::expected<std::vector<core::owned_shard>> claim(int me, const std::vector<core::owned_shard>& seen) override;
  core::expected<void> announce_release(int me, const std::vector<core::owned_shard>& mine) override;
  core::expected<std::vector<int>> release(int me, const std::vector<core::owned_shard>& mine) override;

private:
  static tl::unexpected<core::error> no_cluster() {
    return core::fail(core::ec::invalid_configuration,
                      "A cluster needs PostgreSQL. Set the database's URL to one, or leave out the cluster.");
  }

  /// Each is one statement, a transaction by itself: a node that is stopped in the middle holds no lock.
  template <class T, class Work>
  core::expected<T> ask(std::string_view doing, Work work) {
    if (session_->kind() != dialect::postgresql)
      return no_cluster();
    return session_->run(doing, access::read, [&](soci::session& sql) -> core::expected<T> { return work(sql); });
  }

  template <class... In>
  core::expected<bool> yes_or_no(std::string_view doing, const std::string& query, const In&... in) {
    return ask<bool>(doing, [&](soci::session& sql) {
      int yes = 0;
      fetch_row(sql, query, std::tie(yes), in...);
      return yes == 1;
    });
  }

  std::unique_ptr<session> session_;
};

core::expected<std::vector<core::owned_shard>> sql_cluster_store::claim(int me,
                                                                        const std::vector<core::owned_shard>& seen) {
  const shard_arrays arrays(seen);
  return ask<std::vector<core::owned_shard>>("claiming shards", [&](soci::session& sql) {
    std::vector<core::owned_shard> ours;
    int shard = 0;
    long long epoch = 0;
    for_each_row(
        sql,
        "select claimed, at from cluster_claim(:me, cast(:shards as integer[]), cast(:epochs as bigint[])) order by 1",
        std::tie(shard, epoch),
        [&] {
          ours.push_back({shard, epoch});
        },
        me, arrays.shards, arrays.epochs);
    return ours;
  });
}

core::expected<void> sql_cluster_store::announce_release(int me, const std::vector<core::owned_shard>& mine) {
  const shard_arrays arrays(mine);
  return ask<bool>("announcing that shards are released",
                   [&](soci::session& sql) {
                     execute(sql,
                             "select cluster_announce_release(:me, cast(:shards as integer[]), cast(:epochs as "
                             "bigint[]))",
                             me, arrays.shards, arrays.epochs);
                     return true;
                   })
      .map([](bool) {});
}

core::expected<std::vector<int>> sql_cluster_store::release(int me, const std::vector<core::owned_shard>& mine) {
  const shard_arrays arrays(mine);
  return ask<std::vector<int>>("releasing shards", [&](soci::session& sql) {
    std::vector<int> gone;
    int shard = 0;
    for_each_row(
        sql, "select * from cluster_release(:me, cast(:shards as integer[]), cast(:epochs as bigint[])) order by 1",
        std::tie(shard), [&] { gone.push_back(shard); }, me, arrays.shards, arrays.epochs);
    return gone;
  });
}

} // namespace

std::unique_ptr<cluster_store> make_cluster_store(database& db) {
  return std::make_unique<sql_cluster_store>(db.connect());
}

} // namespace trunkline::persistence

#include "cluster/membership.hpp"
#include "tests/persistence/database_on_postgresql.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;
using core::node_status;
using core::shard_count;
using std::chrono::steady_clock;

namespace {

constexpr auto quiet = 700ms;

/// What all nodes of a test have claimed, and who believes in what at this moment.
struct claim_log {
  std::mutex lock;
  std::map<std::pair<int, int64_t>, std::string> history; ///< (shard, epoch): whose
  std::map<int, std::pair<std::string, std::function<bool()>>> holders;
  std::vector<std::string> violations;
  steady_clock::time_point last_claim;

  void claimed(const std::string& who, const std::function<bool()>& may_act,
               const std::vector<core::owned_shard>& shards) {
    const std::lock_guard held(lock);
    last_claim = steady_clock::now();
    for (const auto& one : shards) {
      if (!history.emplace(std::pair(one.shard, one.epoch), who).second)
        violations.push_back(fmt::format("shard {} epoch {} twice", one.shard, one.epoch));
      if (const auto before = history.lower_bound({one.shard + 1, 0});
          before != history.begin() && std::prev(before)->first.second != one.epoch)
        violations.push_back(fmt::format("shard {} went back to epoch {}", one.shard, one.epoch));
      const auto holder = holders.find(one.shard);
      if (holder != holders.end() && holder->second.first != who && holder->second.second())
        violations.push_back(fmt::format("shard {}: {} took it while {} acts", one.shard, who, holder->second.first));
      holders[one.shard] = {who, may_act};
    }
  }

  void given_up(const std::string& who, const std::vector<int>& shards) {
    const std::lock_guard held(lock);
    for (const int shard : shards)
      if (const auto holder = holders.find(shard); holder != holders.end() && holder->second.first == who)
        holders.erase(holder);
  }

  void gone(const std::string& who) {
    const std::lock_guard held(lock);
    std::erase_if(holders, [&](const auto& one) { return one.second.first == who; });
  }
};

struct running_node {
  std::string name;
  claim_log& log;
  std::atomic<bool> healthy{true};
  std::atomic<int> deaths{0}, lost{0}, views{0};
  std::atomic<size_t> largest_batch{0};
  std::function<void(std::function<void()>)> stop_work = [](const auto& stopped) { stopped(); };
  std::atomic<cluster::membership*> joined{nullptr};
  std::unique_ptr<cluster::membership> membership;

  running_node(std::string n, claim_log& l) : name(std::move(n)), log(l) {}
  ~running_node() { crash(); }

  bool may_act() const {
    const auto* one = joined.load();
    return one != nullptr && one->may_act();
  }

  cluster::membership_hooks hooks() {
    cluster::membership_hooks h;
    h.view_changed = [this](const auto&) { ++views; };
    h.claimed = [this](const auto& shards) {
      log.claimed(
          name, [this] { return may_act(); }, shards);
    };
    h.about_to_release = [this](const std::vector<int>& shards, const std::function<void()>& stopped) {
      largest_batch = std::max(largest_batch.load(), shards.size());
      stop_work([this, shards, stopped] {
        log.given_up(name, shards);
        stopped();
      });
    };
    h.lost = [this](const std::vector<int>& shards) {
      lost += static_cast<int>(shards.size());
      log.given_up(name, shards);
    };
    h.dead = [this](const std::string&) { ++deaths; };
    h.healthy = [this] { return healthy.load(); };
    h.stats = [] { return core::node_stats{5, false}; };
    return h;
  }

  /// As a process that ends without a word.
  void crash() {
    log.gone(name);
    joined = nullptr;
    membership.reset();
  }

  int incarnation() const { return membership->incarnation(); }
  int owns() const {
    int count = 0;
    const auto view = membership->view();
    for (const auto& row : view->shards)
      count += row.owner == incarnation() ? 1 : 0;
    return count;
  }
};

struct running_cluster : postgresql_place {
  claim_log log;
  std::vector<std::unique_ptr<running_node>> nodes;
  cluster::membership_settings settings;

  running_cluster() {
    must(must(persistence::database::open({url}))->migrate());
    settings.database_url = core::secret(url);
    settings.self.ttl = 2s;
    settings.self.app_version = "1.0.0";
    settings.plan = {400ms, 800ms, quiet, 200ms, 16};
    settings.poll = 100ms, settings.poll_busy = 20ms;
  }

  ~running_cluster() {
    nodes.clear();
    for (const auto& one : log.violations)
      BOOST_ERROR(one);
  }

  cluster::membership_settings settings_of(const std::string& name) {
    auto mine = settings;
    mine.self.name = name;
    mine.self.address = "10.0.0.1:47" + name;
    mine.self.caf_node_id = core::new_id("caf_", 12);
    return mine;
  }

  running_node& start(const std::string& name) {
    auto& node = *nodes.emplace_back(std::make_unique<running_node>(name, log));
    join(node);
    return node;
  }

  void join(running_node& node) {
    node.membership = must(cluster::membership::join(settings_of(node.name), node.hooks()));
    node.joined = node.membership.get();
  }

  template <class Condition>
  static void wait_until(Condition holds) {
    const auto give_up = steady_clock::now() + 40s;
    while (!holds()) {
      BOOST_REQUIRE(steady_clock::now() < give_up);
      std::this_thread::sleep_for(5ms);
    }
  }

  void run_sql(const std::string& sql) {
    const auto db = must(persistence::database::open({url}));
    must(db->connect()->run("changing", persistence::access::write, [&](soci::session& s) -> core::expected<void> {
      persistence::execute(s, sql);
      return {};
    }));
  }

  long long count(const std::string& sql) {
    const auto db = must(persistence::database::open({url}));
    return must(
        db->connect()->run("counting", persistence::access::read, [&](soci::session& s) -> core::expected<long long> {
          long long n = 0;
          persistence::fetch_row(s, sql, std::tie(n));
          return n;
        }));
  }

  /// Every shard belongs to one of them and to nobody else.
  static bool share_everything(std::initializer_list<const running_node*> all) {
    int sum = 0;
    for (const auto* one : all)
      sum += one->owns();
    return sum == shard_count;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(membership, running_cluster)

BOOST_AUTO_TEST_CASE(the_first_node_gets_all_shards_and_the_second_its_share_once_it_was_quiet) {
  auto& first = start("n1");
  wait_until([&] { return first.owns() == shard_count; });
  BOOST_TEST(first.may_act());
  const auto before = steady_clock::now();
  auto& second = start("n2");
  wait_until([&] { return second.owns() > 0; });
  BOOST_TEST((steady_clock::now() - before >= quiet));
  const auto share = [&] {
    return std::count_if(log.history.begin(), log.history.end(), [](auto& one) { return one.second == "n2"; });
  };
  wait_until([&] { return second.owns() > shard_count / 3 && share_everything({&first, &second}); });
  const std::lock_guard held(log.lock);
  BOOST_TEST(first.largest_batch <= size_t{shard_count} / 10);
  BOOST_TEST(first.lost == 0);
  BOOST_TEST(share() < shard_count * 2 / 3);
  BOOST_TEST(second.views > 0);
  BOOST_TEST((first.membership->view()->find(second.incarnation())->stats == core::node_stats{5, false}));
}

BOOST_AUTO_TEST_CASE(a_shard_is_nobody_elses_before_its_work_has_stopped) {
  auto& first = start("n1");
  wait_until([&] { return first.owns() == shard_count; });
  std::mutex lock;
  std::vector<std::function<void()>> working;
  first.stop_work = [&](const auto& stopped) {
    const std::lock_guard held(lock);
    working.push_back(stopped);
  };
  auto& second = start("n2");
  wait_until([&] {
    const auto view = second.membership->view();
    return std::ranges::any_of(view->shards, [](auto& row) { return row.state == core::shard_state::releasing; });
  });
  wait_until([&, until = steady_clock::now() + 1s] { return steady_clock::now() > until; }); // nothing happens
  BOOST_TEST(second.owns() == 0);
  BOOST_TEST(first.owns() == shard_count);
  wait_until([&] {
    const std::lock_guard held(lock);
    for (const auto& stopped : std::exchange(working, {}))
      stopped();
    return second.owns() > shard_count / 3;
  });
  first.membership->drain(0ms); // nobody comes back to `working`
}

BOOST_AUTO_TEST_CASE(a_node_that_does_not_renew_is_evicted_and_its_shards_are_owned_anew) {
  auto& first = start("n1");
  auto& second = start("n2");
  wait_until([&] { return second.owns() > 0 && share_everything({&first, &second}); });
  second.healthy = false;
  wait_until([&] { return first.owns() == shard_count; });
  BOOST_TEST(!second.may_act());
  wait_until([&] { return second.deaths == 1 && second.lost > 0; });
  BOOST_TEST(first.deaths == 0);
  BOOST_TEST((first.membership->view()->find(second.incarnation())->status == node_status::dead));
}

BOOST_AUTO_TEST_CASE(after_all_have_crashed_at_once_they_come_back_by_themselves) {
  auto& first = start("n1");
  auto& second = start("n2");
  auto& third = start("n3");
  wait_until([&] { return third.owns() > 0 && share_everything({&first, &second, &third}); });
  for (auto* one : {&first, &second, &third})
    one->crash();
  {
    const std::jthread other([&] { join(second); });
    join(first);
  }
  wait_until([&] { return first.owns() > 0 && second.owns() > 0 && share_everything({&first, &second}); });
  join(third);
  wait_until([&] { return third.owns() > 0 && share_everything({&first, &second, &third}); });
  BOOST_TEST(first.deaths + second.deaths + third.deaths == 0);
}

BOOST_AUTO_TEST_CASE(a_restart_of_the_database_stops_everybody_for_a_while_and_moves_nothing) {
  settings.self.ttl = 3s;
  auto& first = start("n1");
  auto& second = start("n2");
  const auto at_rest = [&] {
    const auto view = first.membership->view();
    return second.owns() > 0 && share_everything({&first, &second}) &&
           std::ranges::all_of(view->shards, [](auto& row) { return row.state == core::shard_state::owned; });
  };
  wait_until(at_rest);
  const auto has_wished_for = [&, since = steady_clock::now()]() mutable {
    if (!at_rest())
      since = steady_clock::now();
    return steady_clock::now() - since > 1s; // nothing moves any more
  };
  wait_until(has_wished_for);
  const auto before = first.membership->view()->shards;
  postgres_server::instance().stop();
  wait_until([&] { return !first.may_act() && !second.may_act(); });
  wait_until([&, until = steady_clock::now() + 1s] { return steady_clock::now() > until; }); // all leases expire
  second.healthy = false; // so that it comes back later than the first
  postgres_server::instance().start_again();
  wait_until([&] { return first.may_act(); });
  wait_until([&, until = steady_clock::now() + 400ms] { return steady_clock::now() > until; }); // it looks around
  second.healthy = true;
  wait_until([&] { return first.may_act() && second.may_act(); });
  wait_until([&, until = steady_clock::now() + 3500ms] { return steady_clock::now() > until; }); // more than a TTL
  BOOST_TEST((first.membership->view()->shards == before));
  BOOST_TEST((second.membership->view()->shards == before));
  BOOST_TEST(first.deaths + second.deaths + first.lost + second.lost == 0);
  // Both hold the lock again that shows that they live.
  wait_until(
      [&] { return count("select count(*) from pg_locks where locktype = 'advisory' and classid = 7237") == 2; });
}

BOOST_AUTO_TEST_CASE(a_drain_gives_all_shards_away_in_batches_and_leaves) {
  auto& first = start("n1");
  auto& second = start("n2");
  wait_until([&] { return second.owns() > 0 && share_everything({&first, &second}); });
  first.largest_batch = 0;
  const int leaving = first.incarnation();
  first.membership->drain(20s);
  BOOST_TEST(!first.may_act());
  BOOST_TEST(first.lost == 0);
  BOOST_TEST(first.deaths == 0);
  BOOST_TEST(first.largest_batch <= 16u);
  wait_until([&] { return second.owns() == shard_count; });
  wait_until([&] { return second.membership->view()->find(leaving)->status == node_status::left; });
}

BOOST_AUTO_TEST_CASE(a_drain_ends_with_its_patience_and_what_has_not_stopped_is_lost) {
  auto& first = start("n1");
  wait_until([&] { return first.owns() == shard_count; });
  first.stop_work = [](const auto&) {}; // never stops
  const auto before = steady_clock::now();
  first.membership->drain(300ms);
  BOOST_TEST((steady_clock::now() - before < 5s));
  BOOST_TEST(first.lost == shard_count);
  auto& second = start("n2");
  wait_until([&] { return second.owns() == shard_count; });
}

BOOST_AUTO_TEST_CASE(a_name_in_use_is_refused_after_some_patience) {
  start("n1");
  auto twin = settings_of("n1");
  twin.join_patience = 100ms;
  const auto refused = cluster::membership::join(twin, {});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == core::ec::invalid_state));
  BOOST_TEST(refused.error().detail.find("10.0.0.1:47n1") != std::string::npos);

  auto other = settings_of("n2"); // what patience does not help with is said at once
  other.self.shards = 128;
  other.join_patience = 60s;
  const auto before = steady_clock::now();
  BOOST_TEST((cluster::membership::join(other, {}).error().code == core::ec::invalid_configuration));
  BOOST_TEST((steady_clock::now() - before < 30s));
}

BOOST_AUTO_TEST_CASE(a_crash_that_is_proven_does_not_wait_for_the_lease) {
  settings.self.ttl = 60s;
  auto& first = start("n1");
  auto& second = start("n2");
  wait_until([&] { return first.owns() == shard_count; });
  const int victim = second.incarnation();
  BOOST_TEST(!first.membership->evict_crashed(victim)); // not here long enough to judge
  run_sql("update cluster_node set lease_unbroken_since = lease_unbroken_since - interval '61 seconds'");
  const auto refused = first.membership->evict_crashed(victim);
  BOOST_REQUIRE(!refused); // it lives
  BOOST_TEST((refused.error().code == core::ec::invalid_state));
  second.crash();
  wait_until([&] { return first.membership->evict_crashed(victim).has_value(); });
  wait_until([&] { return first.membership->view()->find(victim)->status == node_status::dead; });
  BOOST_TEST((first.membership->view()->find(victim)->lease_remaining > 0s));
}

BOOST_AUTO_TEST_SUITE_END()

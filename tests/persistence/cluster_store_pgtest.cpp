#include "persistence/cluster_store.hpp"
#include "persistence/fence.hpp"
#include "tests/persistence/database_on_postgresql.hpp"

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <thread>

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;
using core::node_status;
using core::owned_shard;

namespace {

constexpr auto ttl = 60s; ///< longer than any test: leases run out when a test says so

struct cluster_rows : fresh_database {
  std::unique_ptr<persistence::cluster_store> store = persistence::make_cluster_store(*db);

  static persistence::join_request request(const std::string& name) {
    persistence::join_request wanted;
    wanted.name = name;
    wanted.address = "10.0.0.1:47" + name;
    wanted.caf_node_id = "caf-" + name;
    wanted.app_version = "1.0.0";
    wanted.ttl = ttl;
    return wanted;
  }

  int joined(const std::string& name) {
    const int me = must(store->new_incarnation());
    must(store->join(me, request(name)));
    return me;
  }

  int active(const std::string& name) {
    const int me = joined(name);
    BOOST_REQUIRE(must(store->go(me, node_status::active)));
    return me;
  }

  /// One that may judge others.
  int sound(const std::string& name) {
    const int me = active(name);
    change(fmt::format("update cluster_node set lease_unbroken_since = clock_timestamp() - interval '61 seconds' "
                       "where incarnation = {}",
                       me));
    return me;
  }

  void lease_runs_out(int who) {
    change(fmt::format("update cluster_node set lease_expires_at = clock_timestamp() - interval '1 second' "
                       "where incarnation = {}",
                       who));
  }

  core::error refusal(const persistence::join_request& wanted) {
    const auto refused = store->join(must(store->new_incarnation()), wanted);
    BOOST_REQUIRE(!refused);
    return refused.error();
  }

  int64_t version() { return must(store->view()).version; }
  node_status status(int who) {
    const auto view = must(store->view());
    BOOST_REQUIRE(view.find(who) != nullptr);
    return view.find(who)->status;
  }

  owned_shard owns(int who, int shard) {
    const auto seen = must(store->view()).shards.at(static_cast<size_t>(shard));
    const auto ours = must(store->claim(who, {{shard, seen.epoch}}));
    BOOST_REQUIRE_EQUAL(ours.size(), 1);
    return ours[0];
  }

  /// Writes something as the owner does, on a connection of its own; `inside` after the fence.
  core::expected<void> write_as(const owned_shard& mine, const std::function<void(soci::session&)>& inside = {}) {
    const auto connection = db->connect();
    return connection->run("writing", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
      if (auto holds = persistence::fence(sql, mine); !holds)
        return holds;
      if (inside)
        inside(sql);
      persistence::execute(sql, "insert into meta (name, value) values (:name, 'x')",
                           fmt::format("shard {} epoch {}", mine.shard, mine.epoch));
      return {};
    });
  }

  bool somebody_waits_for_a_lock() {
    return count("select count(*) from pg_locks l join pg_database d on d.oid = l.database and d.datname = "
                 "current_database() where locktype = 'advisory' and not granted") > 0;
  }

  template <class Condition>
  static void wait_until(Condition holds) {
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
      BOOST_REQUIRE(std::chrono::steady_clock::now() < give_up);
      std::this_thread::yield();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_store, cluster_rows)

BOOST_AUTO_TEST_CASE(a_node_that_joins_is_in_the_view_with_what_it_said) {
  auto wanted = request("n1");
  wanted.weight = 3, wanted.protocol_version = 2;
  const int me = must(store->new_incarnation());
  must(store->join(me, wanted));
  const auto view = must(store->view());
  BOOST_TEST(view.version == 1);
  BOOST_REQUIRE_EQUAL(view.members.size(), 1);
  const auto& one = view.members[0];
  BOOST_TEST((one.incarnation == me && one.name == "n1" && one.status == node_status::joining));
  BOOST_TEST((one.address == "10.0.0.1:47n1" && one.caf_node_id == "caf-n1" && one.app_version == "1.0.0"));
  BOOST_TEST((one.protocol_version == 2 && one.weight == 3));
  BOOST_TEST((one.lease_remaining > 50s && one.lease_remaining <= ttl));
  BOOST_TEST((one.lease_unbroken_since.ms > 1'700'000'000'000));
  BOOST_TEST(view.shards.size() == size_t{core::shard_count});
  BOOST_TEST((view.shards[255] == core::shard_row{255, std::nullopt, 0, core::shard_state::free}));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_in_use_is_refused_and_the_words_say_where_and_what_to_do) {
  active("n1");
  auto twin = request("n1");
  twin.address = "10.0.0.2:1", twin.caf_node_id = "another";
  const auto refused = refusal(twin);
  BOOST_TEST((refused.code == core::ec::invalid_state));
  BOOST_TEST(refused.detail.find("10.0.0.1:47n1") != std::string::npos);
  BOOST_TEST(refused.detail.find("another name") != std::string::npos);
  BOOST_TEST(version() == 2); // nothing came of it
}

BOOST_AUTO_TEST_CASE(copies_of_one_container_with_one_caf_node_id_are_refused) {
  active("n1");
  auto copy = request("n2");
  copy.caf_node_id = "caf-n1";
  const auto refused = refusal(copy);
  BOOST_TEST((refused.code == core::ec::invalid_state));
  BOOST_TEST(refused.detail.find("caf-n1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_program_with_another_number_of_shards_is_refused) {
  active("n1");
  auto other = request("n2");
  other.shards = 128;
  const auto refused = refusal(other);
  BOOST_TEST((refused.code == core::ec::invalid_configuration));
  BOOST_TEST(refused.detail.find("256") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(protocols_that_do_not_understand_each_other_are_refused_and_neighbours_are_not) {
  auto first = request("n1");
  first.protocol_version = 3, first.oldest_protocol = 2;
  must(store->join(must(store->new_incarnation()), first));
  auto other = request("n2");
  other.protocol_version = 1, other.oldest_protocol = 1; // n1 does not understand it
  BOOST_TEST((refusal(other).code == core::ec::invalid_configuration));
  other.protocol_version = 5, other.oldest_protocol = 4; // it does not understand n1
  BOOST_TEST((refusal(other).code == core::ec::invalid_configuration));
  other.protocol_version = 4, other.oldest_protocol = 3;
  must(store->join(must(store->new_incarnation()), other));
}

BOOST_AUTO_TEST_CASE(a_node_supersedes_its_own_expired_row_but_nobody_elses) {
  const int before = active("n1"), neighbour = active("n2");
  owns(before, 7);
  lease_runs_out(before), lease_runs_out(neighbour);
  const int after = active("n1");
  BOOST_TEST((must(store->view()).find(before) == nullptr)); // a name's last run is enough to see
  BOOST_TEST((status(neighbour) == node_status::active));
  BOOST_TEST(!must(store->renew(before, ttl, {})).has_value());
  BOOST_TEST(owns(after, 7).epoch == 2);
}

BOOST_AUTO_TEST_CASE(after_a_crash_of_all_an_incompatible_program_may_start) {
  lease_runs_out(active("n1"));
  auto newer = request("n2");
  newer.protocol_version = 9, newer.oldest_protocol = 8;
  must(store->join(must(store->new_incarnation()), newer));
}

BOOST_AUTO_TEST_CASE(runs_that_ended_long_ago_are_forgotten_unless_a_shard_is_still_theirs) {
  const int forgotten = active("n1"), remembered = active("n2"), lately = active("n3");
  owns(remembered, 7);
  for (const int who : {forgotten, remembered, lately})
    BOOST_REQUIRE(must(store->go(who, node_status::left)));
  change(
      fmt::format("update cluster_node set ended_at = ended_at - interval '25 hours' where incarnation <> {}", lately));
  active("n4");
  const auto view = must(store->view());
  BOOST_TEST((view.find(forgotten) == nullptr));
  BOOST_TEST((view.find(remembered) != nullptr && view.find(lately) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_renewal_prolongs_the_lease_tells_the_stats_and_does_not_change_the_view) {
  const int me = active("n1");
  change("update cluster_node set lease_expires_at = clock_timestamp() + interval '1 second'");
  const auto before = version();
  BOOST_TEST(must(store->renew(me, ttl, {7, true})).value() == before);
  const auto view = must(store->view());
  BOOST_TEST(view.version == before);
  BOOST_TEST((view.members[0].lease_remaining > 50s));
  BOOST_TEST((view.members[0].stats == core::node_stats{7, true}));
}

BOOST_AUTO_TEST_CASE(who_is_dead_can_not_renew) {
  const int judge = sound("n1"), victim = active("n2");
  lease_runs_out(victim);
  BOOST_TEST(must(store->evict(judge, victim, ttl)));
  BOOST_TEST(!must(store->renew(victim, ttl, {})).has_value());
  BOOST_TEST((status(victim) == node_status::dead));
}

BOOST_AUTO_TEST_CASE(a_node_with_a_valid_lease_is_not_evicted_and_the_view_does_not_change) {
  const int judge = sound("n1"), victim = active("n2");
  const auto before = version();
  BOOST_TEST(!must(store->evict(judge, victim, ttl)));
  BOOST_TEST(!must(store->evict(judge, 999, ttl)));
  BOOST_TEST((status(victim) == node_status::active));
  BOOST_TEST(version() == before);
}

BOOST_AUTO_TEST_CASE(who_renewed_late_is_accepted_but_can_not_evict_until_unbroken_for_a_ttl) {
  const int judge = sound("n1"), victim = active("n2");
  lease_runs_out(judge), lease_runs_out(victim);
  BOOST_TEST(!must(store->evict(judge, victim, ttl))); // its own lease is not valid
  BOOST_TEST(must(store->renew(judge, ttl, {})).has_value());
  BOOST_TEST(!must(store->evict(judge, victim, ttl))); // valid, but only just
  change(fmt::format("update cluster_node set lease_unbroken_since = lease_unbroken_since - interval '60 seconds' "
                     "where incarnation = {}",
                     judge));
  BOOST_TEST(must(store->evict(judge, victim, ttl)));
}

BOOST_AUTO_TEST_CASE(who_renews_in_time_stays_unbroken) {
  const int judge = sound("n1"), victim = active("n2");
  BOOST_TEST(must(store->renew(judge, ttl, {})).has_value());
  lease_runs_out(victim);
  BOOST_TEST(must(store->evict(judge, victim, ttl)));
}

BOOST_AUTO_TEST_CASE(a_crash_is_proven_by_the_lock_that_nobody_holds) {
  const int judge = sound("n1"), victim = active("n2");
  auto alive = persistence::make_cluster_store(*db);
  must(alive->hold_alive(victim));
  must(alive->hold_alive(victim)); // twice is once
  BOOST_TEST(!must(store->evict_crashed(judge, victim, ttl)));
  alive.reset();
  wait_until([&] { return must(store->evict_crashed(judge, victim, ttl)); });
  BOOST_TEST((status(victim) == node_status::dead));
}

BOOST_AUTO_TEST_CASE(who_has_only_just_come_back_can_not_call_anybody_crashed) {
  const int judge = active("n1"), victim = active("n2");
  BOOST_TEST(!must(store->evict_crashed(judge, victim, ttl)));
}

BOOST_AUTO_TEST_CASE(states_go_forward_only) {
  const int me = active("n1");
  BOOST_TEST(!must(store->go(me, node_status::active)));
  BOOST_TEST(must(store->go(me, node_status::draining)));
  BOOST_TEST(!must(store->go(me, node_status::active)));
  const auto before = version();
  BOOST_TEST(must(store->go(me, node_status::left)));
  BOOST_TEST(version() == before + 1);
  BOOST_TEST(!must(store->go(me, node_status::left)));
  BOOST_TEST(version() == before + 1); // nothing changed, so the version did not either
  BOOST_TEST(!must(store->renew(me, ttl, {})).has_value());
}

BOOST_AUTO_TEST_CASE(shards_are_claimed_once_and_only_at_the_epoch_seen) {
  const int one = active("n1"), two = active("n2");
  BOOST_TEST((must(store->claim(one, {{9, 0}, {3, 0}, {4, 5}})) == std::vector<owned_shard>{{3, 1}, {9, 1}}));
  BOOST_TEST(must(store->claim(two, {{3, 1}, {9, 0}})).empty());
  const auto view = must(store->view());
  BOOST_TEST((view.shards[3] == core::shard_row{3, one, 1, core::shard_state::owned}));
  BOOST_TEST((view.shards[4] == core::shard_row{4, std::nullopt, 0, core::shard_state::free}));
}

BOOST_AUTO_TEST_CASE(only_an_active_node_with_a_valid_lease_claims) {
  const int joining = joined("n1"), late = active("n2"), draining = active("n3");
  lease_runs_out(late);
  BOOST_REQUIRE(must(store->go(draining, node_status::draining)));
  for (const int who : {joining, late, draining})
    BOOST_TEST(must(store->claim(who, {{1, 0}})).empty());
}

BOOST_AUTO_TEST_CASE(what_a_dead_node_had_is_free_and_what_an_expired_one_has_is_not) {
  const int judge = sound("n1"), victim = active("n2");
  owns(victim, 5);
  lease_runs_out(victim);
  BOOST_TEST(must(store->claim(judge, {{5, 1}})).empty());
  BOOST_REQUIRE(must(store->evict(judge, victim, ttl)));
  BOOST_TEST((must(store->view()).shards[5] == core::shard_row{5, std::nullopt, 1, core::shard_state::free}));
  BOOST_TEST((must(store->claim(judge, {{5, 1}})) == std::vector<owned_shard>{{5, 2}}));
}

BOOST_AUTO_TEST_CASE(a_shard_is_seen_to_be_released_before_it_is_free) {
  const int me = active("n1");
  const auto mine = owns(me, 8);
  must(store->announce_release(me, {mine}));
  BOOST_TEST((must(store->view()).shards[8] == core::shard_row{8, me, 1, core::shard_state::releasing}));
  must(write_as(mine)); // its last steps
  BOOST_TEST((must(store->release(me, {mine, {9, 0}})) == std::vector<int>{8}));
  BOOST_TEST((must(store->view()).shards[8] == core::shard_row{8, std::nullopt, 2, core::shard_state::free}));
  BOOST_TEST(persistence::is_fenced(write_as(mine).error()));
}

BOOST_AUTO_TEST_CASE(nobody_releases_what_is_somebody_elses) {
  const int one = active("n1"), two = active("n2");
  const auto mine = owns(one, 8);
  BOOST_TEST(must(store->release(two, {mine})).empty());
  must(write_as(mine));
}

BOOST_AUTO_TEST_CASE(a_zombie_is_fenced_in_either_lock_order) {
  const int judge = sound("n1"), zombie = active("n2");
  const auto first = owns(zombie, 5), second = owns(zombie, 6);
  lease_runs_out(zombie);
  BOOST_REQUIRE(must(store->evict(judge, zombie, ttl)));

  // The zombie's write comes first: the new owner does not get the shard before it has ended.
  must(write_as(first, [&](soci::session&) { BOOST_TEST(must(store->claim(judge, {{5, 1}})).empty()); }));
  BOOST_TEST((must(store->claim(judge, {{5, 1}})) == std::vector<owned_shard>{{5, 2}}));
  BOOST_TEST(persistence::is_fenced(write_as(first).error()));

  // The new owner comes first: the zombie waits for it, and then finds out.
  std::future<core::expected<void>> late;
  const auto taker = db->connect();
  must(taker->run("taking over", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
    long long epoch = 0;
    persistence::fetch_row(sql, "select at from cluster_claim(:me, array[6], array[cast(1 as bigint)])",
                           std::tie(epoch), judge);
    BOOST_TEST(epoch == 2);
    late = std::async(std::launch::async, [&] { return write_as(second); });
    wait_until([&] { return somebody_waits_for_a_lock(); });
    return {};
  }));
  const auto refused = late.get();
  BOOST_REQUIRE(!refused);
  BOOST_TEST(persistence::is_fenced(refused.error()));
  BOOST_TEST(count("select count(*) from meta where name = 'shard 6 epoch 1'") == 0);
  must(write_as({6, 2}));
}

BOOST_AUTO_TEST_CASE(a_steady_stream_of_writes_does_not_keep_a_shard_from_its_next_owner) {
  const int judge = sound("n1"), zombie = active("n2");
  const auto old = owns(zombie, 5);
  lease_runs_out(zombie);
  BOOST_REQUIRE(must(store->evict(judge, zombie, ttl)));
  std::atomic<bool> stop{false};
  std::atomic<int> writes{0};
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 2; ++i)
      writers.emplace_back([&] {
        const auto connection = db->connect();
        while (!stop) {
          const auto written = connection->run("writing", persistence::access::write, [&](soci::session& sql) {
            auto holds = persistence::fence(sql, old);
            // Not before the other one writes as well, so that somebody always does; unless he may not any more.
            const auto mine = ++writes;
            const auto give_up = std::chrono::steady_clock::now() + 50ms;
            while (holds && writes == mine && std::chrono::steady_clock::now() < give_up)
              std::this_thread::yield();
            return holds;
          });
          if (!written)
            return;
        }
      });
    wait_until([&] { return writes > 10; });
    bool taken = false;
    for (int attempt = 0; attempt < 10 && !taken; ++attempt)
      taken = !must(store->claim(judge, {{5, 1}})).empty();
    BOOST_TEST(taken);
    stop = true;
  }
  BOOST_TEST(persistence::is_fenced(write_as(old).error()));
}

BOOST_AUTO_TEST_CASE(the_fence_is_refused_in_repeatable_read_where_it_would_not_hold) {
  const auto mine = owns(active("n1"), 5);
  const auto connection = db->connect();
  const auto refused = connection->run("writing", persistence::access::snapshot,
                                       [&](soci::session& sql) { return persistence::fence(sql, mine); });
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().context.find("READ COMMITTED") != std::string::npos);
  BOOST_TEST(!persistence::is_fenced(refused.error()));
}

BOOST_AUTO_TEST_CASE(a_stale_row_of_a_batch_is_refused_alone) {
  const int me = active("n1");
  const auto one = owns(me, 1), three = owns(me, 3);
  const auto connection = db->connect();
  using result = core::expected<std::vector<bool>>;
  const std::vector<owned_shard> batch = {three, {1, 0}, one, {200, 0}};
  const auto holds = must(connection->run("writing", persistence::access::write, [&](soci::session& sql) -> result {
    auto each = persistence::fence_each(sql, batch);
    BOOST_TEST(must(store->release(me, {one})).empty()); // as long as this transaction goes on
    return each;
  }));
  BOOST_TEST((holds == std::vector<bool>{true, false, true, false}));
}

BOOST_AUTO_TEST_CASE(six_that_claim_at_once_never_have_one_epoch_of_one_shard_between_them) {
  constexpr int rounds = 25;
  std::vector<int> nodes;
  for (int i = 1; i <= 6; ++i)
    nodes.push_back(active(fmt::format("n{}", i)));
  std::mutex lock;
  std::map<std::pair<int, int64_t>, int> history; // (shard, epoch): whose
  std::vector<std::string> problems;
  const auto note = [&](auto text) {
    std::lock_guard held(lock);
    problems.push_back(text);
  };
  {
    std::vector<std::jthread> claimants;
    for (const int me : nodes)
      claimants.emplace_back([&, me] {
        std::mt19937 random(static_cast<unsigned>(me));
        const auto mine = persistence::make_cluster_store(*db);
        std::vector<owned_shard> owned;
        for (int round = 0; round < rounds; ++round) {
          const auto view = mine->view();
          std::vector<owned_shard> wanted;
          for (const auto& row : view ? view->shards : std::vector<core::shard_row>{})
            if (random() % 3 != 0)
              wanted.push_back({row.shard, row.epoch});
          std::shuffle(wanted.begin(), wanted.end(), random);
          const auto got = mine->claim(me, wanted);
          if (!view || !got)
            return note("claim: " + (view ? got.error() : view.error()).context);
          for (const auto& one : *got) {
            std::lock_guard held(lock);
            if (!history.emplace(std::pair(one.shard, one.epoch), me).second)
              problems.push_back(fmt::format("shard {} epoch {} twice", one.shard, one.epoch));
          }
          owned.insert(owned.end(), got->begin(), got->end());
          std::shuffle(owned.begin(), owned.end(), random);
          const auto released = mine->release(me, owned);
          if (!released)
            return note("release: " + released.error().context);
          std::erase_if(owned, [&](const owned_shard& one) { return std::ranges::count(*released, one.shard) > 0; });
        }
      });
  }
  BOOST_TEST(problems.empty(), (problems.empty() ? "" : problems.front()));
  BOOST_TEST(history.size() > 500u);
  BOOST_TEST_MESSAGE(history.size() << " claims");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_cluster_on_sqlite_is_refused_in_words) {
  const temp_folder folder;
  const auto db = must(persistence::database::open({"sqlite:" + folder.file("x.db")}));
  const auto refused = persistence::make_cluster_store(*db)->new_incarnation();
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == core::ec::invalid_configuration));
}

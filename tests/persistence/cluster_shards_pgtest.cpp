#include "tests/persistence/cluster_rows.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <thread>

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(cluster_shards, cluster_rows)

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

#include "cluster/shard_keeper.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace trunkline;
using core::owned_shard;
using core::shard_state;

namespace {

constexpr int me = 1, other = 2;
const auto away = core::fail(core::ec::database_unavailable, "The database is not available.");

/// Grants what is asked and says so, unless the answer gets lost.
struct pretended_store final : persistence::cluster_store {
  core::cluster_view rows;
  bool answers_get_lost = false, nothing_happens = false;
  std::set<int> written_to; ///< can not be released yet
  std::vector<int> evicted;
  int claims = 0;

  core::expected<int> new_incarnation() override { return me; }
  core::expected<void> hold_alive(int) override { return {}; }
  core::expected<void> join(int, const persistence::join_request&) override { return {}; }
  core::expected<bool> go(int, core::node_status) override { return true; }
  core::expected<std::optional<int64_t>> renew(int, ms, const core::node_stats&) override { return std::nullopt; }
  core::expected<core::cluster_view> view() override { return rows; }
  core::expected<bool> evict_crashed(int, int, ms) override { return false; }
  core::expected<void> announce_release(int, const std::vector<owned_shard>&) override { return {}; }

  core::expected<bool> evict(int, int victim, ms) override {
    evicted.push_back(victim);
    return true;
  }

  core::expected<std::vector<owned_shard>> claim(int who, const std::vector<owned_shard>& seen) override {
    ++claims;
    std::vector<owned_shard> given;
    for (const auto& one : seen) {
      auto& row = rows.shards[static_cast<size_t>(one.shard)];
      if (nothing_happens || row.owner || row.epoch != one.epoch)
        continue;
      row = {one.shard, who, one.epoch + 1, shard_state::owned};
      given.push_back({row.shard, row.epoch});
    }
    if (answers_get_lost)
      return away;
    return given;
  }

  core::expected<std::vector<int>> release(int who, const std::vector<owned_shard>& mine) override {
    std::vector<int> gone;
    for (const auto& one : mine) {
      auto& row = rows.shards[static_cast<size_t>(one.shard)];
      if (nothing_happens || written_to.contains(one.shard) || row.owner != who || row.epoch != one.epoch)
        continue;
      row = {one.shard, std::nullopt, one.epoch + 1, shard_state::free};
      gone.push_back(one.shard);
    }
    if (answers_get_lost)
      return away;
    return gone;
  }
};

struct kept_shards {
  core::manual_clock clock{{1'700'000'000'000}};
  pretended_store store;
  std::vector<owned_shard> claimed;
  std::vector<int> lost, to_stop;
  std::function<void()> stopped;
  int views = 0, wakes = 0;
  cluster::membership_hooks hooks;
  std::unique_ptr<cluster::shard_keeper> keeper;

  kept_shards() {
    store.rows.version = 1;
    for (int shard = 0; shard < core::shard_count; ++shard)
      store.rows.shards.push_back({shard, std::nullopt, 0, shard_state::free});
    add(me, "n1");
    hooks.view_changed = [this](const auto&) { ++views; };
    hooks.claimed = [this](const auto& shards) { claimed.insert(claimed.end(), shards.begin(), shards.end()); };
    hooks.lost = [this](const auto& shards) { lost.insert(lost.end(), shards.begin(), shards.end()); };
    hooks.about_to_release = [this](const auto& shards, auto when_stopped) {
      to_stop = shards;
      stopped = std::move(when_stopped);
    };
    keeper = std::make_unique<cluster::shard_keeper>(
        me, cluster::shard_keeper::parts{store, clock, hooks, [this] { ++wakes; }, {}, std::chrono::seconds(10)});
  }

  core::member& add(int incarnation, const std::string& name) {
    core::member one;
    one.incarnation = incarnation;
    one.name = name, one.app_version = "1.0.0", one.status = core::node_status::active;
    one.lease_remaining = std::chrono::seconds(9);
    store.rows.members.push_back(one);
    ++store.rows.version;
    return store.rows.members.back();
  }

  bool round(bool may_act = true) {
    const bool alive = keeper->see(std::make_shared<const core::cluster_view>(store.rows));
    if (alive)
      keeper->act(may_act);
    return alive;
  }

  /// Ours are all shards, and a drain has begun with the first sixteen.
  void begin_to_drain() {
    round();
    store.rows.members[0].status = core::node_status::draining;
    ++store.rows.version;
    round();
    BOOST_REQUIRE_EQUAL(to_stop.size(), 16);
  }

  core::shard_row& row(int shard) { return store.rows.shards[static_cast<size_t>(shard)]; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shard_keeper, kept_shards)

BOOST_AUTO_TEST_CASE(a_claim_whose_answer_was_lost_is_found_in_the_next_view) {
  store.answers_get_lost = true;
  round();
  BOOST_TEST(claimed.empty());
  store.answers_get_lost = false;
  round();
  BOOST_TEST(claimed.size() == size_t{core::shard_count});
  BOOST_TEST((claimed[7] == owned_shard{7, 1}));
  round();
  BOOST_TEST(claimed.size() == size_t{core::shard_count}); // once
}

BOOST_AUTO_TEST_CASE(a_shard_in_other_hands_is_lost_once) {
  round();
  add(other, "n2");
  row(5) = {5, other, 9, shard_state::owned};
  round();
  round();
  BOOST_TEST(lost == std::vector<int>{5}, boost::test_tools::per_element());
  BOOST_TEST(!keeper->owns_nothing());
}

BOOST_AUTO_TEST_CASE(a_view_that_says_nothing_new_is_told_to_nobody) {
  round();
  round();
  const auto told = views;
  store.rows.members[0].lease_remaining = std::chrono::seconds(4);
  round();
  BOOST_TEST(views == told);
  store.rows.version = 77;
  round();
  BOOST_TEST(views == told + 1);
}

BOOST_AUTO_TEST_CASE(without_a_lease_nothing_is_claimed_and_nobody_evicted) {
  add(other, "n2").lease_remaining = std::chrono::milliseconds(-1);
  round(false);
  BOOST_TEST(store.claims == 0);
  BOOST_TEST(store.evicted.empty());
  round();
  BOOST_TEST(store.claims == 1);
  BOOST_TEST(store.evicted == std::vector<int>{other}, boost::test_tools::per_element());
  BOOST_TEST(wakes == 1);
}

BOOST_AUTO_TEST_CASE(only_live_members_that_are_late_are_evicted_and_never_oneself) {
  add(other, "n2");
  auto& dead = add(3, "n3");
  dead.status = core::node_status::dead, dead.lease_remaining = std::chrono::milliseconds(-5);
  store.rows.members[0].lease_remaining = std::chrono::milliseconds(-5);
  round();
  BOOST_TEST(store.evicted.empty());
}

BOOST_AUTO_TEST_CASE(who_is_dead_or_unknown_is_told_so) {
  BOOST_TEST(round());
  store.rows.members[0].status = core::node_status::dead;
  BOOST_TEST(!round());
  store.rows.members.clear();
  BOOST_TEST(!round());
  keeper->lose_all();
  BOOST_TEST(lost.size() == size_t{core::shard_count});
  BOOST_TEST(keeper->owns_nothing());
}

BOOST_AUTO_TEST_CASE(a_shard_is_released_when_its_work_has_stopped_and_not_before) {
  begin_to_drain();
  round();
  BOOST_TEST((row(0).owner == me));
  const auto before = wakes;
  stopped();
  BOOST_TEST(wakes == before + 1);
  round(false); // to give away takes no lease
  BOOST_TEST(!row(0).owner.has_value());
  BOOST_TEST(!row(15).owner.has_value());
  BOOST_TEST(lost.empty());
  round();
  BOOST_TEST(to_stop.front() == 16);
}

BOOST_AUTO_TEST_CASE(a_shard_that_is_still_written_to_is_released_in_a_later_round) {
  begin_to_drain();
  store.written_to = {3};
  stopped();
  round();
  BOOST_TEST((row(3).owner == me));
  BOOST_TEST(!row(4).owner.has_value());
  store.written_to.clear();
  round();
  BOOST_TEST(!row(3).owner.has_value());
}

BOOST_AUTO_TEST_CASE(a_release_whose_answer_was_lost_is_no_loss) {
  begin_to_drain();
  stopped();
  store.answers_get_lost = true;
  round();
  store.answers_get_lost = false;
  round();
  BOOST_TEST(lost.empty());
  BOOST_TEST(to_stop.front() == 16);
}

BOOST_AUTO_TEST_CASE(a_shard_that_is_taken_before_its_work_has_stopped_is_lost) {
  begin_to_drain();
  add(other, "n2");
  row(2) = {2, other, 9, shard_state::owned};
  round();
  BOOST_TEST(lost == std::vector<int>{2}, boost::test_tools::per_element());
  stopped();
  round();
  BOOST_TEST((row(2).owner == other));
}

BOOST_AUTO_TEST_CASE(work_may_stop_when_the_keeper_is_gone) {
  begin_to_drain();
  keeper.reset();
  stopped();
}

BOOST_AUTO_TEST_CASE(a_shard_counts_as_free_from_when_it_was_seen_so) {
  store.nothing_happens = true;
  add(other, "n2"); // claims nothing
  const auto mine = [&] {
    return std::ranges::count_if(store.rows.shards, [](const auto& one) { return one.owner == me; });
  };
  round();
  clock.pass_ms(2'900);
  store.nothing_happens = false;
  round();
  BOOST_TEST((mine() > 0 && mine() < core::shard_count));
  clock.pass_ms(100);
  round();
  BOOST_TEST(mine() == core::shard_count);
}

BOOST_AUTO_TEST_SUITE_END()

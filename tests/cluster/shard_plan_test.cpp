#include "cluster/shard_plan.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

using namespace trunkline;
using cluster::plan_settings;
using core::node_status;
using core::shard_count;

namespace {

/// Nodes that decide one after the other about rows they all see, on a clock of steps of 200 ms. What one claims is
/// granted; what it releases is free 400 ms later.
struct plan_world {
  static constexpr int64_t step_ms = 200;

  plan_settings settings;
  core::cluster_view view;
  core::steady_time now{1'000'000}, quiet_since = now;
  std::vector<core::steady_time> free_since = std::vector<core::steady_time>(size_t{shard_count}, now);
  struct leaving {
    core::owned_shard which;
    int64_t until;
  };
  std::map<int, std::vector<leaving>> releasing;            ///< by incarnation
  std::map<int, std::deque<std::pair<int64_t, int>>> moved; ///< when, how many, by incarnation
  std::map<std::pair<int, int64_t>, int> history;           ///< (shard, epoch): whose
  std::set<int> asleep;                                     ///< these decide nothing
  int moves = 0, owners_changed = 0, most_moved_in_window = 0;

  plan_world() {
    for (int shard = 0; shard < shard_count; ++shard)
      view.shards.push_back({shard, std::nullopt, 0, core::shard_state::free});
  }

  core::member& add(const std::string& name, const std::string& version = "1.0.0") {
    core::member one;
    one.incarnation = static_cast<int>(view.members.size()) + 1;
    one.name = name, one.app_version = version, one.status = node_status::active;
    one.lease_remaining = std::chrono::seconds(9);
    quiet_since = now;
    view.members.push_back(one);
    return view.members.back();
  }

  core::member& node(const std::string& name) {
    return *std::find_if(view.members.rbegin(), view.members.rend(), [&](auto& one) { return one.name == name; });
  }

  void set(const std::string& name, node_status status) {
    auto& one = node(name);
    one.status = status;
    quiet_since = now;
    if (!is_live(status))
      for (auto& row : view.shards)
        if (row.owner == one.incarnation)
          free(row);
  }

  void free(core::shard_row& row) {
    row.owner.reset(), row.state = core::shard_state::free;
    free_since[static_cast<size_t>(row.shard)] = now;
  }

  cluster::shard_plan plan_of(int who) {
    cluster::plan_input in{view, who, now, quiet_since, free_since, {}, 0};
    for (const auto& one : releasing[who])
      in.leaving.insert(one.which.shard);
    for (const auto& [when, count] : moved[who])
      in.moved_in_window += now.ms - when < settings.window.count() ? count : 0;
    return cluster::plan_shards(in, settings);
  }

  void follow(const core::member& who) {
    const auto plan = plan_of(who.incarnation);
    for (const auto& one : plan.claim) {
      auto& row = view.shards[static_cast<size_t>(one.shard)];
      BOOST_REQUIRE((!row.owner && row.epoch == one.epoch));
      row = {one.shard, who.incarnation, one.epoch + 1, core::shard_state::owned};
      BOOST_REQUIRE(history.emplace(std::pair(row.shard, row.epoch), who.incarnation).second);
      ++owners_changed;
    }
    for (const auto& one : plan.release)
      releasing[who.incarnation].push_back({one, now.ms + 400});
    if (who.status == node_status::active && !plan.release.empty()) {
      moves += static_cast<int>(plan.release.size());
      moved[who.incarnation].emplace_back(now.ms, static_cast<int>(plan.release.size()));
      int in_window = 0;
      for (const auto& [when, count] : moved[who.incarnation])
        in_window += now.ms - when < settings.window.count() ? count : 0;
      most_moved_in_window = std::max(most_moved_in_window, in_window);
    }
    std::erase_if(releasing[who.incarnation], [&](const leaving& one) {
      if (one.until > now.ms)
        return false;
      auto& row = view.shards[static_cast<size_t>(one.which.shard)];
      if (row.owner == who.incarnation)
        ++row.epoch, free(row);
      return true;
    });
  }

  void pass(std::chrono::milliseconds time) {
    for (const auto until = now.ms + time.count(); now.ms < until; now.ms += step_ms)
      for (const auto& who : view.members)
        if (is_live(who.status) && !asleep.contains(who.incarnation))
          follow(who);
  }

  int owned_by(const std::string& name) {
    return static_cast<int>(std::count_if(view.shards.begin(), view.shards.end(),
                                          [&](auto& row) { return row.owner == node(name).incarnation; }));
  }
  int unowned() {
    return static_cast<int>(
        std::count_if(view.shards.begin(), view.shards.end(), [](auto& row) { return !row.owner; }));
  }
  void all_as_wished() {
    const auto candidates = cluster::candidates_of(view);
    for (const auto& row : view.shards)
      BOOST_TEST((row.owner == cluster::wish_for(row.shard, candidates).first->incarnation));
  }
};

using std::chrono::seconds;
using ms = std::chrono::milliseconds;

} // namespace

BOOST_FIXTURE_TEST_SUITE(shard_plan, plan_world)

BOOST_AUTO_TEST_CASE(the_first_node_takes_everything_at_once) {
  add("n1");
  pass(ms(200));
  BOOST_TEST(owned_by("n1") == shard_count);
}

BOOST_AUTO_TEST_CASE(three_that_start_together_share_without_moving_anything) {
  add("n1"), add("n2"), add("n3");
  pass(ms(200));
  all_as_wished();
  pass(seconds(120));
  BOOST_TEST(moves == 0);
}

BOOST_AUTO_TEST_CASE(who_joins_gets_nothing_before_the_members_were_quiet_for_a_minute) {
  add("n1");
  pass(seconds(5));
  add("n2");
  pass(seconds(60) - ms(200));
  BOOST_TEST(owned_by("n2") == 0);
  pass(seconds(120));
  all_as_wished();
}

BOOST_AUTO_TEST_CASE(a_fourth_node_moves_no_more_than_its_share_and_that_slowly) {
  add("n1"), add("n2"), add("n3");
  pass(seconds(1));
  const auto before = owners_changed;
  add("n4");
  pass(seconds(300));
  all_as_wished();
  BOOST_TEST(owners_changed - before == moves);
  BOOST_TEST(moves > shard_count / 8);
  BOOST_TEST(moves <= shard_count * 3 / 10);
  BOOST_TEST(most_moved_in_window <= shard_count / 10);
}

BOOST_AUTO_TEST_CASE(no_more_than_a_tenth_moves_off_a_node_in_ten_seconds) {
  add("n1");
  pass(seconds(1));
  add("n2");
  pass(seconds(60));
  pass(seconds(10));
  BOOST_TEST(moves == shard_count / 10);
  pass(seconds(120));
  BOOST_TEST(most_moved_in_window == shard_count / 10);
  all_as_wished();
}

BOOST_AUTO_TEST_CASE(nothing_moves_while_versions_differ) {
  add("n1"), add("n2");
  pass(seconds(1));
  add("n3", "1.1.0");
  pass(seconds(600));
  BOOST_TEST(moves == 0);
  node("n1").app_version = node("n2").app_version = "1.1.0";
  pass(seconds(600));
  all_as_wished();
}

BOOST_AUTO_TEST_CASE(in_an_update_free_shards_go_to_the_newest_version) {
  add("n1"), add("n2"), add("n3");
  pass(seconds(1));
  set("n1", node_status::draining);
  pass(seconds(60));
  set("n1", node_status::left);
  add("n1", "1.1.0");
  pass(seconds(1));
  const auto at_n1 = owned_by("n1"), at_n3 = owned_by("n3");
  set("n2", node_status::draining);
  pass(seconds(60));
  BOOST_TEST(owned_by("n2") == 0);
  BOOST_TEST(owned_by("n1") > at_n1);
  BOOST_TEST(owned_by("n1") + owned_by("n3") == shard_count);
  BOOST_TEST(owned_by("n3") == at_n3);
}

BOOST_AUTO_TEST_CASE(nothing_moves_while_somebody_is_late_joins_or_drains) {
  add("n1");
  pass(seconds(1));
  add("n2"), add("n3");
  node("n3").lease_remaining = ms(-1);
  pass(seconds(300));
  BOOST_TEST(moves == 0);
  node("n3").lease_remaining = seconds(9);
  set("n3", node_status::joining);
  pass(seconds(300));
  BOOST_TEST(moves == 0);
}

BOOST_AUTO_TEST_CASE(what_nobody_claims_goes_to_the_runner_up_and_then_to_anybody) {
  add("n1"), add("n2"), add("n3");
  asleep = {1};
  pass(seconds(3));
  BOOST_TEST(owned_by("n1") == 0);
  BOOST_TEST(unowned() > 0); // those that n1 should have
  pass(ms(200));
  BOOST_TEST(unowned() == 0);

  plan_world other;
  other.add("n1"), other.add("n2"), other.add("n3");
  other.asleep = {1, 2};
  other.pass(seconds(6));
  BOOST_TEST(other.unowned() > 0);
  other.pass(ms(200));
  BOOST_TEST(other.owned_by("n3") == shard_count);
}

BOOST_AUTO_TEST_CASE(a_draining_node_gives_everything_away_in_batches_and_takes_nothing) {
  add("n1"), add("n2");
  pass(seconds(1));
  set("n1", node_status::draining);
  const auto first = plan_of(1);
  BOOST_TEST(first.release.size() == 16u);
  BOOST_TEST(first.claim.empty());
  pass(seconds(1));
  BOOST_TEST(owned_by("n1") > 0);
  pass(seconds(6)); // others claim at once what is released
  BOOST_TEST(owned_by("n1") == 0);
  BOOST_TEST(owned_by("n2") == shard_count);
}

BOOST_AUTO_TEST_CASE(who_is_not_active_decides_nothing) {
  add("n1");
  for (const auto status : {node_status::joining, node_status::left, node_status::dead}) {
    node("n1").status = status;
    BOOST_TEST(plan_of(1).claim.empty());
  }
  BOOST_TEST(plan_of(77).claim.empty());
}

BOOST_AUTO_TEST_CASE(no_shard_stays_without_an_owner_while_somebody_is_active) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    plan_world world;
    world.add("n0");
    for (int event = 0; event < 40; ++event) {
      const auto name = fmt::format("n{}", random() % 6);
      const bool is_there = std::any_of(world.view.members.begin(), world.view.members.end(),
                                        [&](auto& one) { return one.name == name && is_live(one.status); });
      if (!is_there)
        world.add(name, random() % 4 == 0 ? "1.0.1" : "1.0.0");
      else
        world.set(name, random() % 2 == 0 ? node_status::dead : node_status::draining);
      world.pass(ms(200 * (random() % 100)));
      const auto active = std::count_if(world.view.members.begin(), world.view.members.end(),
                                        [](auto& one) { return one.status == node_status::active; });
      if (active == 0)
        world.add(fmt::format("m{}", event));
      world.asleep.clear();
      if (random() % 3 == 0 && active >= 2) // the others do for it what it should
        world.asleep = {static_cast<int>(random() % world.view.members.size()) + 1};
      world.pass(seconds(7));
      for (const auto& row : world.view.shards) // some may have been free for a moment only
        BOOST_REQUIRE_MESSAGE(row.owner || world.now.ms - world.free_since[size_t(row.shard)].ms <= 6'200,
                              "seed " << seed << " event " << event << " shard " << row.shard);
    }
    world.asleep.clear();
    for (auto& one : world.view.members)
      if (one.status == node_status::draining)
        world.set(one.name, node_status::dead);
    world.pass(seconds(7));
    BOOST_REQUIRE_EQUAL(world.unowned(), 0);
  }
}

BOOST_AUTO_TEST_CASE(versions_are_compared_as_numbers) {
  const std::vector<std::string> ascending = {"0.9",   "1.0.0-rc1", "1.0.0-rc2", "1.0.0",
                                              "1.0.1", "1.9.2",     "1.10.0",    "2"};
  for (size_t a = 0; a < ascending.size(); ++a)
    for (size_t b = 0; b < ascending.size(); ++b)
      BOOST_TEST(cluster::is_older_version(ascending[a], ascending[b]) == (a < b), ascending[a] << " " << ascending[b]);
}

BOOST_AUTO_TEST_SUITE_END()

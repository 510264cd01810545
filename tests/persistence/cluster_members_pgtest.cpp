#include "tests/persistence/cluster_rows.hpp"

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(cluster_members, cluster_rows)

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

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_cluster_on_sqlite_is_refused_in_words) {
  const temp_folder folder;
  const auto db = must(persistence::database::open({"sqlite:" + folder.file("x.db")}));
  const auto refused = persistence::make_cluster_store(*db)->new_incarnation();
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == core::ec::invalid_configuration));
}

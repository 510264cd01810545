// The same cases for both dialects; the fixture `fresh_database` says which.

#include "persistence/alert_store.hpp"

#include <rapidjson/document.h>

#include <barrier>
#include <set>
#include <thread>

using namespace trunkline;
using namespace trunkline::tests;

namespace {

using core::alert_code;
using core::alert_state;

constexpr core::timestamp noon{1'700'000'000'000};
constexpr core::timestamp after(int64_t ms) { return {noon.ms + ms}; }

core::alert_cause twilio_down(const core::tenant_id& company = acme) {
  return {{alert_code::dependency_health_critical, company, "twilio"},
          core::alert_severity::critical,
          company.empty() ? "Twilio is DOWN" : "Twilio is DOWN for {}",
          "Twilio authentication failed",
          "Update the Auth Token"};
}

} // namespace

/// Two companies, and a notification centre that tells the outside.
struct with_companies : fresh_database {
  with_companies() {
    for (const auto& [id, name] : {std::pair(acme, "Acme {} Corporation"), std::pair(other, "Other")}) {
      core::tenant tenant;
      tenant.id = id, tenant.name = name;
      must(stores.tenants->create(tenant, somebody));
    }
  }

  core::alert raise(core::timestamp at = noon, const core::tenant_id& company = acme) {
    return must(stores.alerts->raise(twilio_down(company), at, true));
  }
  bool resolve(core::timestamp at, const core::tenant_id& company = acme) {
    return must(stores.alerts->resolve(twilio_down(company).key, {}, at, true));
  }
  std::vector<core::alert> list(const core::alert_filter& filter = {}) {
    return must(stores.alerts->list(filter, {})).rows;
  }
  /// What would be sent now, as "state attempt"; taken for a minute.
  std::vector<std::string> taken(core::timestamp at) {
    std::vector<std::string> out;
    for (const auto& one : must(stores.alerts->take_deliveries(10, at, {at.ms + 60'000}))) {
      last_taken = one;
      rapidjson::Document alert;
      alert.Parse(one.body);
      BOOST_REQUIRE(alert.IsObject());
      out.push_back(fmt::format("{} {}", alert["state"].GetString(), one.attempts));
    }
    return out;
  }
  core::alert_delivery last_taken;
};

namespace {

using words = std::vector<std::string>;

template <class T>
core::ec refusal(const core::expected<T>& result) {
  BOOST_REQUIRE(!result);
  return result.error().code;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(alert_store, with_companies)

BOOST_AUTO_TEST_CASE(an_alert_names_its_company_and_says_what_to_do) {
  const auto alert = raise();
  BOOST_TEST(core::is_public_id(alert.id.value, "al_"));
  BOOST_TEST(alert.title == "Twilio is DOWN for Acme {} Corporation");
  BOOST_TEST(alert.detail == "Twilio authentication failed");
  BOOST_TEST(alert.fix == "Update the Auth Token");
  BOOST_CHECK(alert.state == alert_state::open);
  BOOST_CHECK((alert.key == twilio_down().key));
  BOOST_TEST(alert.occurrences == 1);
  BOOST_TEST(alert.opened_at.ms == noon.ms);
  BOOST_TEST(!alert.resolved_at.has_value());
  BOOST_TEST(raise(noon, {}).title == "Twilio is DOWN");
}

BOOST_AUTO_TEST_CASE(the_same_cause_seen_again_is_the_same_alert_grown_older) {
  const auto first = raise();
  auto cause = twilio_down();
  cause.detail = "Twilio account is suspended";
  cause.times = 5;
  const auto again = must(stores.alerts->raise(cause, after(60'000), true));
  BOOST_TEST(again.id.value == first.id.value);
  BOOST_TEST(again.occurrences == 6);
  BOOST_TEST(again.opened_at.ms == noon.ms);
  BOOST_TEST(again.last_seen_at.ms == after(60'000).ms);
  BOOST_TEST(again.detail == "Twilio account is suspended");
  BOOST_TEST(raise(after(1)).last_seen_at.ms == after(60'000).ms); // a slow clock makes nothing younger
  BOOST_TEST(list().size() == 1u);
}

BOOST_AUTO_TEST_CASE(company_code_and_dependency_make_it_another_one) {
  raise();
  raise(noon, other);
  raise(noon, {});
  auto database = twilio_down({});
  database.key.dependency = "database";
  must(stores.alerts->raise(database, noon, false));
  auto quarantine = twilio_down();
  quarantine.key = {alert_code::company_quarantined, acme, ""};
  must(stores.alerts->raise(quarantine, noon, false));
  BOOST_TEST(list().size() == 5u);
  BOOST_TEST(must(stores.alerts->open(100)).size() == 5u);
  BOOST_TEST(must(stores.alerts->open(2)).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_resolved_one_stays_to_be_read_and_the_next_one_is_new) {
  const auto first = raise();
  BOOST_TEST(resolve(after(5)));
  BOOST_TEST(!resolve(after(6)));
  BOOST_TEST(must(stores.alerts->open(10)).empty());
  const auto second = raise(after(10));
  BOOST_TEST(second.id.value != first.id.value);
  BOOST_TEST(second.occurrences == 1);
  const auto all = list();
  BOOST_REQUIRE(all.size() == 2u);
  BOOST_CHECK(all[1].state == alert_state::resolved);
  BOOST_TEST(all[1].resolved_at->ms == after(5).ms);
}

BOOST_AUTO_TEST_CASE(one_that_was_seen_meanwhile_is_not_resolved_for_its_silence) {
  raise(after(100));
  const auto key = twilio_down().key;
  BOOST_TEST(!must(stores.alerts->resolve(key, after(99), after(200), true)));
  BOOST_TEST(must(stores.alerts->open(1)).at(0).last_seen_at.ms == after(100).ms);
  BOOST_TEST(must(stores.alerts->resolve(key, after(100), after(200), true)));
}

BOOST_AUTO_TEST_CASE(of_a_company_that_does_not_exist_there_is_none) {
  BOOST_CHECK(refusal(stores.alerts->raise(twilio_down(core::tenant_id("co_nobody")), noon, true)) ==
              core::ec::company_not_found);
  BOOST_TEST(list().empty());
}

BOOST_AUTO_TEST_CASE(goes_with_its_company) {
  raise();
  raise(noon, other);
  change("delete from company where id = '" + acme.value + "'");
  BOOST_TEST(list().size() == 1u);
  BOOST_TEST(count("select count(*) from alert_delivery") == 1);
}

BOOST_AUTO_TEST_CASE(acknowledged_it_stays_so_until_it_is_resolved) {
  const auto alert = raise();
  auto another = somebody;
  another.who.id = "key_another1";
  const auto seen = must(stores.alerts->acknowledge(alert.id, after(1), somebody));
  BOOST_CHECK(seen.state == alert_state::acknowledged);
  BOOST_TEST(seen.acknowledged_by == somebody.who.id);
  BOOST_TEST(seen.acknowledged_at->ms == after(1).ms);
  BOOST_CHECK(raise(after(2)).state == alert_state::acknowledged);
  const std::string audited = "select count(*) from audit where action = 'alert.acknowledge' and target = '";
  BOOST_TEST(count(audited + alert.id.value + "'") == 1);
  BOOST_TEST(must(stores.alerts->acknowledge(alert.id, after(3), another)).acknowledged_by == somebody.who.id);
  BOOST_TEST(resolve(after(4)));
  BOOST_CHECK(refusal(stores.alerts->acknowledge(alert.id, after(5), somebody)) == core::ec::invalid_state);
  BOOST_CHECK(refusal(stores.alerts->acknowledge(core::alert_id("al_nobody"), after(5), somebody)) ==
              core::ec::not_found);
  BOOST_TEST(list().at(0).acknowledged_by == somebody.who.id);
}

BOOST_AUTO_TEST_CASE(a_list_is_filtered_and_paged_newest_first) {
  raise(after(1));
  resolve(after(2));
  raise(after(3), other);
  const auto third = raise(after(4));
  must(stores.alerts->acknowledge(third.id, after(5), somebody));
  const auto ids = [](const std::vector<core::alert>& all) {
    std::vector<int64_t> out;
    for (const auto& one : all)
      out.push_back(one.opened_at.ms - noon.ms);
    return out;
  };
  using times = std::vector<int64_t>;
  BOOST_TEST(ids(list()) == (times{4, 3, 1}), boost::test_tools::per_element());
  BOOST_TEST(ids(list({alert_state::open, {}, {}})) == (times{3}), boost::test_tools::per_element());
  BOOST_TEST(ids(list({alert_state::resolved, {}, {}})) == (times{1}), boost::test_tools::per_element());
  BOOST_TEST(ids(list({alert_state::acknowledged, {}, {}})) == (times{4}), boost::test_tools::per_element());
  BOOST_TEST(ids(list({{}, {}, acme})) == (times{4, 1}), boost::test_tools::per_element());
  BOOST_TEST(ids(list({{}, alert_code::dependency_health_critical, other})) == (times{3}),
             boost::test_tools::per_element());
  BOOST_TEST(list({{}, alert_code::node_lost, {}}).empty());
  core::page_request page;
  page.limit = 2;
  const auto first = must(stores.alerts->list({}, page));
  BOOST_TEST(first.more);
  page.after = std::pair(first.rows[1].opened_at, first.rows[1].id.value);
  const auto second = must(stores.alerts->list({}, page));
  BOOST_TEST(ids(second.rows) == (times{1}), boost::test_tools::per_element());
  BOOST_TEST(!second.more);
}

BOOST_AUTO_TEST_CASE(the_outside_is_told_when_it_opens_and_when_it_is_resolved_in_this_order) {
  raise();
  raise(after(1));
  resolve(after(2));
  BOOST_TEST(taken(noon) == words{"open 1"}, boost::test_tools::per_element());
  const auto opening = last_taken.id;
  BOOST_TEST(taken(after(59'999)) == words{}, boost::test_tools::per_element());         // not told yet
  BOOST_TEST(taken(after(60'000)) == words{"open 2"}, boost::test_tools::per_element()); // whoever had it has ended
  BOOST_TEST(last_taken.id == opening);
  must(stores.alerts->finish_delivery(opening, after(70'000)));
  BOOST_TEST(taken(after(69'999)) == words{}, boost::test_tools::per_element());
  BOOST_TEST(taken(after(70'000)) == words{"open 3"}, boost::test_tools::per_element());
  must(stores.alerts->finish_delivery(opening, {}));
  must(stores.alerts->finish_delivery(opening, {})); // told twice, done once
  BOOST_TEST(taken(after(80'000)) == words{"resolved 1"}, boost::test_tools::per_element());
  BOOST_TEST(last_taken.id != opening);
  must(stores.alerts->finish_delivery(last_taken.id, {}));
  BOOST_TEST(count("select count(*) from alert_delivery") == 0);
}

BOOST_AUTO_TEST_CASE(nobody_is_told_where_nobody_listens) {
  must(stores.alerts->raise(twilio_down(), noon, false));
  must(stores.alerts->resolve(twilio_down().key, {}, after(1), false));
  BOOST_TEST(count("select count(*) from alert_delivery") == 0);
}

BOOST_AUTO_TEST_CASE(what_is_told_survives_a_restart) {
  raise();
  stores = {};
  inbox.reset();
  db.reset();
  db = open();
  stores = persistence::make_stores(*db, keys);
  BOOST_TEST(taken(noon) == words{"open 1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_nodes_that_see_it_at_once_open_one_and_tell_of_it_once) {
  constexpr int nodes = 6, times = 5;
  std::barrier start(nodes);
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < nodes; ++i)
      all.emplace_back([&] {
        const auto mine = persistence::make_stores(*db, keys);
        start.arrive_and_wait();
        for (int k = 0; k < times; ++k)
          must(mine.alerts->raise(twilio_down(), noon, true));
      });
  }
  BOOST_REQUIRE(list().size() == 1u);
  BOOST_TEST(list()[0].occurrences == nodes * times);
  BOOST_TEST(count("select count(*) from alert_delivery") == 1);
}

BOOST_AUTO_TEST_CASE(two_nodes_never_take_the_same_delivery_nor_resolve_it_twice) {
  raise();
  raise(noon, other);
  raise(noon, {});
  constexpr int nodes = 4;
  std::barrier start(nodes);
  std::mutex lock;
  std::multiset<std::string> ids;
  int ended = 0;
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < nodes; ++i)
      all.emplace_back([&] {
        const auto mine = persistence::make_stores(*db, keys);
        start.arrive_and_wait();
        const auto took = must(mine.alerts->take_deliveries(10, noon, after(60'000)));
        const bool resolved = must(mine.alerts->resolve(twilio_down().key, {}, after(1), true));
        std::lock_guard held(lock);
        ended += resolved ? 1 : 0;
        for (const auto& one : took)
          ids.insert(one.id);
      });
  }
  BOOST_TEST(ids.size() == 3u);
  BOOST_TEST(std::set<std::string>(ids.begin(), ids.end()).size() == 3u);
  BOOST_TEST(ended == 1);
}

BOOST_AUTO_TEST_SUITE_END()

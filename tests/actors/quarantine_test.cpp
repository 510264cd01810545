#include "tests/actors/node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;
using namespace std::chrono_literals;
using tests::node_fixture;

namespace {

/// A company whose handler throws always, and more than one worker that could tell the database what became of it.
struct with_store_workers : node_fixture {
  with_store_workers()
      : node_fixture({.failing = core::tenant_id("co_broken"), .store_workers = 4}), broken(add_company("broken")) {}

  /// The node has just quarantined it, and the database does not know yet.
  void crash_until_quarantined() {
    for (int i = 0; i < 4; ++i) {
      call(broken, "CA" + std::to_string(i));
      settle();
      pass(2s);
    }
    call(broken, "CA5");
    while (state_of(broken) != "quarantined")
      scheduler().run_once();
  }

  void release() {
    gateway->ask(actors::release_quarantine{broken, {}, actors::reply<core::tenant_profile>([this](auto done) {
                                              heard =
                                                  done ? "released" : std::string(core::to_string(done.error().code));
                                            })});
  }

  core::tenant_id broken;
  std::string heard;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_quarantine, with_store_workers)

BOOST_AUTO_TEST_CASE(that_is_released_at_once_is_not_stored_after_its_release) {
  crash_until_quarantined();
  BOOST_TEST((companies->rows.at(broken).tenant.state == core::tenant_state::active));
  release();
  settle_last_first(); // the quarantine is what waits longest
  BOOST_TEST(heard == "released");
  BOOST_TEST(state_of(broken) == "passive");
  BOOST_TEST((companies->rows.at(broken).tenant.state == core::tenant_state::active));
}

BOOST_AUTO_TEST_CASE(that_could_not_be_stored_is_stored_when_the_database_is_back) {
  crash_until_quarantined();
  companies->away = true;
  settle();
  pass(20s); // SHARDS looks around, in vain
  BOOST_TEST((companies->rows.at(broken).tenant.state == core::tenant_state::active));
  companies->away = false;
  pass(20s);
  BOOST_TEST((companies->rows.at(broken).tenant.state == core::tenant_state::quarantined));
  BOOST_TEST(state_of(broken) == "quarantined");
}

BOOST_AUTO_TEST_CASE(that_could_not_be_stored_is_not_stored_after_its_release) {
  crash_until_quarantined();
  companies->away = true;
  settle();
  companies->away = false;
  release();
  scheduler().advance_time(20s); // SHARDS looks around while the release is under way
  settle();
  BOOST_TEST(heard == "released");
  pass(20s);
  BOOST_TEST(state_of(broken) == "passive");
  BOOST_TEST((companies->rows.at(broken).tenant.state == core::tenant_state::active));
}

BOOST_AUTO_TEST_CASE(that_could_not_be_stored_is_stored_after_a_release_that_failed) {
  crash_until_quarantined();
  companies->away = true;
  settle();
  release();
  settle();
  BOOST_TEST(heard == "database_unavailable");
  companies->away = false;
  pass(20s);
  BOOST_TEST((companies->rows.at(broken).tenant.state == core::tenant_state::quarantined));
}

BOOST_AUTO_TEST_SUITE_END()

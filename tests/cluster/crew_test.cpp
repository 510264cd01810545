#include "cluster/crew.hpp"
#include "config/settings.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system_config.hpp>

#include <mutex>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace trunkline;

namespace {

/// The crew of a node with an empty database; who ends unasked is in `losses`.
struct crew_fixture {
  crew_fixture() {
    BOOST_REQUIRE(db->migrate());
    crew = everybody(
        cluster::spawn_crew({*system, *db, keys, settings, clock, tenants, false, http, {}, numbers, {}, stopping},
                            [this](std::string_view name, int) {
                              std::lock_guard held(lock);
                              losses.emplace_back(name);
                            }));
  }

  ~crew_fixture() {
    stopping = true;
    end_all();
  }

  static std::vector<caf::actor> everybody(const cluster::crew& made) {
    std::vector<caf::actor> all = {caf::actor_cast<caf::actor>(made.services->twilio),
                                   caf::actor_cast<caf::actor>(made.health)};
    made.services->bell->answered_by({});
    for (const auto& store : made.services->stores.workers())
      all.push_back(caf::actor_cast<caf::actor>(store));
    for (const auto& inbox : made.services->inboxes)
      all.push_back(caf::actor_cast<caf::actor>(inbox));
    all.push_back(caf::actor_cast<caf::actor>(made.shards));
    return all;
  }

  /// The system goes with them, for only when its threads are gone is it certain that nobody will be missed any more.
  void end_all() {
    for (const auto& actor : crew)
      cluster::end(actor);
    crew.clear();
    system.reset();
  }

  tests::temp_folder folder;
  config::settings settings = [] {
    auto s = config::default_settings();
    s.store_workers = 2;
    return s;
  }();
  std::unique_ptr<persistence::database> db =
      std::move(*persistence::database::open({"sqlite:" + folder.file("trunkline.db")}));
  persistence::vault keys = persistence::vault::for_tests();
  core::manual_clock clock{{1'700'000'000'000}};
  actors::tenant_registry tenants;
  actors::number_directory numbers{std::nullopt};
  providers::http_client http;
  std::atomic<bool> stopping{false};
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system = std::make_unique<caf::actor_system>(config);
  std::vector<caf::actor> crew;
  std::mutex lock;
  std::vector<std::string> losses;
};

/// How a process ends that does this.
int exit_status_of(const std::function<void()>& deed) {
  const auto child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    log::set_up(log::level::off, log::format::text);
    deed();
    std::_Exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_actor_the_node_can_not_do_without)

BOOST_FIXTURE_TEST_CASE(is_missed_whichever_it_is, crew_fixture) {
  end_all();
  BOOST_TEST(losses.size() == 6u);
  BOOST_TEST((std::set<std::string>(losses.begin(), losses.end()) ==
              std::set<std::string>{"HEALTH_MONITOR", "INBOX", "SHARDS", "STORE", "TWILIO"}));
}

BOOST_FIXTURE_TEST_CASE(may_end_when_the_node_stops, crew_fixture) {
  stopping = true;
  end_all();
  BOOST_TEST(losses.empty());
}

BOOST_AUTO_TEST_CASE(takes_the_process_with_it_with_the_status_that_supervisors_know) {
  BOOST_TEST(exit_status_of([] { cluster::end_process("STORE", 1); }) == 70);
}

BOOST_AUTO_TEST_SUITE_END()

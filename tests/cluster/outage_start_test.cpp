#include "cluster/outage_start.hpp"
#include "config/settings.hpp"
#include "persistence/journal.hpp"
#include "tests/persistence/samples.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace trunkline;
using namespace std::chrono_literals;

namespace {

/// A data folder, and a database that is there from a certain try on.
struct node_that_starts {
  node_that_starts() {
    settings.data_dir = folder.path().string();
    log::set_up(log::level::off, log::format::text);
  }
  ~node_that_starts() { log::set_up(log::level::info, log::format::text); }

  void promise_something() {
    auto kept = persistence::journal::open(cluster::journal_home(settings) / "1");
    BOOST_REQUIRE(kept);
    const auto event = tests::voice_event(1);
    BOOST_REQUIRE(kept->append({&event}));
  }

  core::expected<void> start(int there_from_try, core::ec otherwise = core::ec::database_unavailable) {
    const auto open = [&]() -> core::expected<void> {
      if (++tries >= there_from_try)
        return {};
      return core::fail(otherwise, "no");
    };
    return cluster::open_patiently(settings, open, 1ms);
  }

  tests::temp_folder folder;
  config::settings settings = config::default_settings();
  int tries = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(start_during_an_outage, node_that_starts)

BOOST_AUTO_TEST_CASE(who_has_promised_nothing_does_not_wait) {
  const auto started = start(2);
  BOOST_REQUIRE(!started);
  BOOST_CHECK(started.error().code == core::ec::database_unavailable);
  BOOST_TEST(tries == 1);
}

BOOST_AUTO_TEST_CASE(who_has_promised_something_waits_for_the_database) {
  promise_something();
  BOOST_TEST(bool(start(5)));
  BOOST_TEST(tries == 5);
}

BOOST_AUTO_TEST_CASE(what_waiting_does_not_help_is_not_waited_for) {
  promise_something();
  const auto started = start(5, core::ec::invalid_configuration); // another master key, for example
  BOOST_REQUIRE(!started);
  BOOST_TEST(tries == 1);
}

BOOST_AUTO_TEST_CASE(an_order_to_stop_ends_the_waiting) {
  promise_something();
  sigset_t term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, &before);
  std::raise(SIGTERM);
  const auto started = start(1'000'000);
  const timespec now{};
  BOOST_TEST(sigtimedwait(&term, nullptr, &now) == SIGTERM);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  BOOST_REQUIRE(!started);
  BOOST_CHECK(started.error().code == core::ec::not_ready);
}

BOOST_AUTO_TEST_SUITE_END()

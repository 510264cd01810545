#include "persistence/listener.hpp"
#include "tests/persistence/database_on_postgresql.hpp"

#include <thread>

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(listener, fresh_database)

BOOST_AUTO_TEST_CASE(hears_what_is_said_at_once) {
  persistence::listener mine(*db, "trunkline_test");
  BOOST_TEST(mine.wait(10s)); // new here, so it may have missed something
  const std::jthread later([this] { change("select pg_notify('trunkline_test', 'x')"); });
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(mine.wait(10s));
  BOOST_TEST((std::chrono::steady_clock::now() - start < 9s));
}

BOOST_AUTO_TEST_CASE(hears_what_was_said_while_it_did_something_else) {
  persistence::listener mine(*db, "trunkline_test");
  mine.wait(10s);
  change("select pg_notify('trunkline_test', 'x')");
  BOOST_TEST(mine.wait(10s));
  BOOST_TEST(!mine.wait(0ms)); // once
}

BOOST_AUTO_TEST_CASE(can_be_woken_without_news) {
  persistence::listener mine(*db, "trunkline_test");
  mine.wait(10s);
  mine.wake(); // also before it waits
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(!mine.wait(10s));
  BOOST_TEST((std::chrono::steady_clock::now() - start < 9s));
  BOOST_TEST(!mine.wait(1ms));
}

BOOST_AUTO_TEST_CASE(a_lost_connection_counts_as_news) {
  persistence::listener mine(*db, "trunkline_test");
  mine.wait(10s);
  postgres_server::instance().run_sql("do $$ begin perform pg_terminate_backend(pid) from pg_stat_activity where "
                                      "pid <> pg_backend_pid() and query ilike 'listen%'; end $$");
  bool heard = false;
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  while (!heard && std::chrono::steady_clock::now() < give_up)
    heard = mine.wait(1s);
  BOOST_TEST(heard);
  change("select pg_notify('trunkline_test', 'x')");
  BOOST_TEST(mine.wait(10s));
}

BOOST_AUTO_TEST_SUITE_END()

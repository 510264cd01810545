#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/schema_cases.hpp"
#include "tests/support/doorway.hpp"

#include <thread>

using namespace std::chrono_literals;

namespace {

struct thawed_at_the_end {
  ~thawed_at_the_end() { postgres_server::instance().thaw(); }
};

/// Waits until somebody has just connected to this database, then ends his connection.
void end_the_connection_just_made(const std::string& url) {
  const auto begin = url.find("@/") + 2;
  postgres_server::instance().run_sql(fmt::format(
      "do $$ declare found int; begin for i in 1..1000 loop perform pg_stat_clear_snapshot(); "
      "select pid into found from pg_stat_activity where datname = '{}' and state = 'idle' and query ilike '%float%'; "
      "if found is not null then perform pg_terminate_backend(found, 10000); return; end if; "
      "perform pg_sleep(0.01); end loop; raise 'nobody has connected'; end $$",
      url.substr(begin, url.find('?') - begin)));
}

std::string all_words(const core::error& error) { return error.detail + " / " + error.context; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(postgresql_database, fresh_database)

BOOST_AUTO_TEST_CASE(a_frozen_server_costs_no_more_than_the_deadline_and_the_session_recovers) {
  auto quick = must(persistence::database::open({url, 500ms, 500ms}));
  const auto mine = persistence::make_inbox_store(*quick);
  const auto first = voice_event(1), second = voice_event(2);
  must(mine->record({&first}));
  {
    const thawed_at_the_end finally;
    postgres_server::instance().freeze();
    for (int attempt = 0; attempt < 3; ++attempt) { // on the connection it has, then while it connects
      const auto start = std::chrono::steady_clock::now();
      const auto refused = mine->record({&second});
      BOOST_REQUIRE(!refused);
      BOOST_CHECK(refused.error().code == core::ec::database_unavailable);
      BOOST_TEST_MESSAGE(all_words(refused.error()));
      BOOST_CHECK(std::chrono::steady_clock::now() - start < 1500ms);
    }
  }
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  auto outcome = mine->record({&second});
  while (!outcome && std::chrono::steady_clock::now() < give_up)
    outcome = mine->record({&second});
  BOOST_TEST(must(outcome).size() == 1);
  BOOST_TEST(must(mine->record({&first})).at(0).duplicate);
}

BOOST_AUTO_TEST_CASE(what_became_of_an_attempt_that_took_too_long_does_not_fail_the_first_batch_after_an_outage) {
  doorway door(url);
  const auto quick = must(persistence::database::open({door.url(), 2s, 300ms}));
  const auto mine = persistence::make_inbox_store(*quick);
  const auto first = voice_event(1);
  door.fall_silent();
  BOOST_REQUIRE(!mine->record({&first})); // gave up waiting; the attempt itself goes on
  door.hang_up();                         // and fails
  door.open();
  BOOST_TEST(!must(mine->record({&first})).at(0).duplicate);
}

BOOST_AUTO_TEST_CASE(a_connection_that_came_too_late_and_died_since_does_not_fail_the_first_batch_after_an_outage) {
  const auto quick = must(persistence::database::open({url, 2s, 300ms}));
  const auto mine = persistence::make_inbox_store(*quick);
  const auto first = voice_event(1);
  {
    const thawed_at_the_end finally;
    postgres_server::instance().freeze();
    BOOST_REQUIRE(!mine->record({&first}));
  }
  end_the_connection_just_made(url);
  BOOST_TEST(!must(mine->record({&first})).at(0).duplicate);
}

BOOST_AUTO_TEST_CASE(a_connection_that_took_longer_than_a_statement_may_is_still_good_for_statements) {
  const auto slow = must(persistence::database::open({url, 1s, 10s}));
  const auto mine = persistence::make_inbox_store(*slow);
  const auto first = voice_event(1);
  postgres_server::instance().freeze();
  const std::jthread later([] {
    const thawed_at_the_end finally;
    std::this_thread::sleep_for(1500ms); // what connecting takes
  });
  BOOST_TEST(!must(mine->record({&first})).at(0).duplicate);
}

BOOST_AUTO_TEST_CASE(a_connection_the_server_has_closed_is_not_noticed_by_anybody) {
  must(stores.ping());
  record({voice_event(1)});
  postgres_server::instance().run_sql("do $$ begin perform pg_terminate_backend(pid) from pg_stat_activity where "
                                      "pid <> pg_backend_pid() and backend_type = 'client backend'; end $$");
  must(stores.ping());
  BOOST_TEST(!record({voice_event(2)}).at(0).duplicate);
}

BOOST_AUTO_TEST_CASE(sessions_are_durable_even_where_the_server_is_set_up_otherwise) {
  const auto slash = url.rfind('/', url.find('?')) + 1;
  const auto name = url.substr(slash, url.find('?') - slash);
  postgres_server::instance().run_sql("alter database " + name + " set synchronous_commit = off");
  postgres_server::instance().run_sql("alter database " + name + " set default_transaction_isolation = 'serializable'");
  const auto fresh = open();
  const auto connection = fresh->connect();
  must(connection->run("looking", persistence::access::write, [](soci::session& sql) -> core::expected<void> {
    std::string commit, isolation;
    persistence::fetch_row(sql,
                           "select current_setting('synchronous_commit'), current_setting('transaction_isolation')",
                           std::tie(commit, isolation));
    BOOST_TEST(commit == "on");
    BOOST_TEST(isolation == "read committed");
    return {};
  }));
}

BOOST_AUTO_TEST_CASE(the_password_of_the_url_is_in_no_error) {
  const std::string password = "correct=horse battery&staple";
  for (const std::string url : {"postgresql://u:correct%3Dhorse%20battery%26staple@/x?host=/nowhere",
                                "postgresql://u:correct%3Dhorse%20battery%26staple@localhost:1/x",
                                "postgresql://u:correct%3Dhorse%20battery%26staple@/x?nonsense=1",
                                "postgresql://u:correct=horse battery&staple@localhost:1/x?connect_timeout=abc%zz"}) {
    const auto refused = persistence::database::open({url, 500ms, 500ms});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(all_words(refused.error()).find("horse") == std::string::npos);
    BOOST_TEST(all_words(refused.error()).find(password) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_row_that_the_server_refuses_does_not_take_its_batch_along) {
  auto too_long = voice_event(2);
  too_long.key.sid.clear(); // longer than an entry of an index may be, and not to be compressed
  for (int i = 0; i < 200; ++i)
    too_long.key.sid += core::new_id("", 26);
  const auto outcomes = record({voice_event(1), too_long, voice_event(3)});
  BOOST_TEST(!outcomes[0].refused.has_value());
  BOOST_REQUIRE(outcomes[1].refused.has_value());
  BOOST_CHECK(outcomes[1].refused->code == core::ec::malformed_webhook);
  BOOST_TEST(!outcomes[2].duplicate);
  BOOST_TEST(count("select count(*) from webhook_event") == 2);
}

BOOST_AUTO_TEST_CASE(a_value_that_the_server_quotes_does_not_get_into_the_error) {
  const std::string word = "+15551234567 called";
  const auto connection = db->connect();
  const auto failed =
      connection->run("casting", persistence::access::read, [&](soci::session& sql) -> core::expected<void> {
        long long n = 0;
        persistence::fetch_row(sql, "select cast(cast(:word as text) as bigint)", std::tie(n), word);
        return {};
      });
  BOOST_REQUIRE(!failed);
  BOOST_TEST(all_words(failed.error()).find("22P02") != std::string::npos);
  BOOST_TEST(all_words(failed.error()).find("15551234567") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nodes_that_start_together_migrate_once) {
  const auto empty = postgres_server::instance().new_database();
  std::vector<std::string> failures(4);
  {
    std::vector<std::jthread> nodes;
    for (auto& failure : failures)
      nodes.emplace_back([&] {
        auto node = persistence::database::open({empty});
        auto migrated =
            node ? (*node)->migrate() : core::expected<persistence::schema_status>(core::fail(node.error()));
        failure = migrated ? "" : all_words(migrated.error());
      });
  }
  for (const auto& failure : failures)
    BOOST_TEST(failure == "");
}

BOOST_AUTO_TEST_SUITE_END()

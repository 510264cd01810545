#include "persistence/checkpointer.hpp"
#include "persistence/connect.hpp"
#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/schema_cases.hpp"

#include <sqlite3.h>

using namespace std::chrono_literals;

namespace {

/// Another program at the same file, of which Trunkline knows nothing.
struct foreign_program {
  explicit foreign_program(const std::string& path) { BOOST_REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK); }
  ~foreign_program() { sqlite3_close(handle); }
  void run(const char* sql) { BOOST_REQUIRE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK); }

  sqlite3* handle = nullptr;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_database, fresh_database)

BOOST_AUTO_TEST_CASE(a_second_process_is_refused_in_words) {
  const auto second = persistence::database::open({url});
  BOOST_REQUIRE(!second);
  BOOST_TEST(second.error().detail.find(fmt::format("in use by process {}", ::getpid())) != std::string::npos);
  BOOST_TEST(second.error().detail.find("Stop that one first") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_else_may_read_the_file) {
  using std::filesystem::perms;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const bool open_to_others = (entry.status().permissions() & (perms::group_all | perms::others_all)) != perms::none;
    BOOST_TEST(!open_to_others, entry.path());
  }
}

BOOST_AUTO_TEST_CASE(a_writer_that_is_kept_waiting_gives_up_at_its_deadline_and_works_again_afterwards) {
  db.reset();
  auto quick = must(persistence::database::open({url, 300ms, 300ms}));
  const auto mine = persistence::make_inbox_store(*quick);
  const auto event = voice_event(1);
  foreign_program other_one(folder.file("trunkline.db"));
  other_one.run("begin immediate");
  const auto start = std::chrono::steady_clock::now();
  const auto refused = mine->record({&event});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == core::ec::database_unavailable);
  BOOST_CHECK(std::chrono::steady_clock::now() - start < 1300ms);
  other_one.run("rollback");
  BOOST_TEST(!must(mine->record({&event})).at(0).duplicate);
}

BOOST_AUTO_TEST_CASE(what_is_committed_gets_into_the_file_beside_the_commits) {
  const auto path = folder.file("log.db");
  soci::session connection;
  persistence::open_sqlite_file(connection, path);
  connection << "pragma journal_mode = wal";
  std::timed_mutex writer;
  {
    persistence::checkpointer log(path, writer, 10);
    log.attach(connection);
    connection << "create table t (a text)";
    BOOST_TEST(std::filesystem::file_size(path) <= 4096u); // all of it is in the log
    connection << "insert into t select hex(zeroblob(1000)) from (with recursive n (i) as (select 1 union all select "
                  "i + 1 from n where i < 100) select i from n)";
  }
  BOOST_TEST(std::filesystem::file_size(path) > 100'000u);
}

BOOST_AUTO_TEST_CASE(a_query_that_never_ends_is_interrupted) {
  db.reset();
  auto quick = must(persistence::database::open({url, 300ms, 300ms}));
  const auto connection = quick->connect();
  const auto start = std::chrono::steady_clock::now();
  const auto endless =
      connection->run("counting", persistence::access::read, [](soci::session& sql) -> core::expected<void> {
        long long n = 0;
        persistence::fetch_row(
            sql, "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c", std::tie(n));
        return {};
      });
  BOOST_REQUIRE(!endless);
  BOOST_TEST(endless.error().context.find("no answer within 300 ms") != std::string::npos);
  BOOST_CHECK(std::chrono::steady_clock::now() - start < 1300ms);
}

BOOST_AUTO_TEST_CASE(paths_that_cannot_work_are_refused) {
  for (const std::string bad : {"sqlite:", "sqlite::memory:", "sqlite:/no/such/folder/x.db", "mysql://x", ""})
    BOOST_CHECK(!persistence::database::open({bad}));
}

BOOST_AUTO_TEST_CASE(a_path_may_hold_spaces_and_equals_signs) {
  std::filesystem::create_directory(folder.path() / "a = b c");
  auto odd = must(persistence::database::open({"sqlite:" + folder.file("a = b c/my data.db")}));
  must(odd->migrate());
  BOOST_TEST(std::filesystem::file_size(folder.path() / "a = b c" / "my data.db") >= 0);
}

BOOST_AUTO_TEST_SUITE_END()

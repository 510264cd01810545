#include "config/log.hpp"
#include "core/metrics.hpp"
#include "persistence/checkpointer.hpp"
#include "persistence/connect.hpp"
#include "tests/persistence/database_on_sqlite.hpp"
#include "tests/persistence/schema_cases.hpp"

#include <atomic>
#include <csignal>
#include <future>
#include <sqlite3.h>
#include <sys/resource.h>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// Another program at the same file, of which Trunkline knows nothing.
struct foreign_program {
  explicit foreign_program(const std::string& path) { BOOST_REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK); }
  ~foreign_program() { sqlite3_close(handle); }
  void run(const char* sql) { BOOST_REQUIRE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK); }

  sqlite3* handle = nullptr;
};

/// While it lives, one read begins before the other one ends.
struct overlapping_reads {
  explicit overlapping_reads(const std::string& path)
      : thread_([this, path](const std::stop_token& stop) {
          foreign_program one(path), other(path);
          const char* const begin = "begin; select count(*) from t";
          one.run(begin);
          begun_.set_value();
          while (!stop.stop_requested()) {
            other.run(begin);
            std::this_thread::sleep_for(3ms); // how long a read takes
            one.run("rollback");
            std::swap(one.handle, other.handle);
          }
        }) {
    begun_.get_future().wait();
  }

private:
  std::promise<void> begun_;
  std::jthread thread_;
};

/// While it lives, no file of this process gets larger than this.
class disk_full_at {
public:
  explicit disk_full_at(rlim_t bytes) : handled_before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~disk_full_at() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handled_before_);
  }
  disk_full_at(const disk_full_at&) = delete;
  disk_full_at& operator=(const disk_full_at&) = delete;

private:
  rlimit before_{};
  void (*handled_before_)(int);
};

uint64_t checkpoints_done() {
  for (const auto* counter : core::metric_registry::instance().counters)
    if (counter->name == "trunkline_sqlite_checkpoints_total")
      return counter->value();
  return 0;
}

/// A file with a table, of which so much can be written that it fills pages.
struct logged_file {
  explicit logged_file(std::string where) : path(std::move(where)) {
    persistence::open_sqlite_file(connection, path);
    connection << "pragma journal_mode = wal";
    connection << "create table t (a text)";
  }

  /// As a session does it.
  void commit(int rows) {
    const std::lock_guard mine(writer);
    connection << fmt::format("insert into t select hex(zeroblob(1000)) from (with recursive n (i) as (select 1 union "
                              "all select i + 1 from n where i < {}) select i from n)",
                              rows);
  }

  std::uintmax_t log_size() const { return std::filesystem::file_size(path + "-wal"); }

  const std::string path;
  soci::session connection;
  std::timed_mutex writer;
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

BOOST_AUTO_TEST_CASE(the_log_starts_again_although_there_is_always_somebody_who_reads) {
  logged_file file(folder.file("busy.db"));
  persistence::checkpointer log(file.path, file.writer, 10, 10ms);
  log.attach(file.connection);
  const overlapping_reads readers(file.path);
  for (int i = 0; i < 50; ++i) {
    const auto done_before = checkpoints_done();
    file.commit(20); // ten pages and more each time
    while (checkpoints_done() == done_before) {
      log.log_is(1000); // as the commits of others would tell
      std::this_thread::yield();
    }
  }
  BOOST_TEST(file.log_size() < 500'000u);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_fails_is_told_once_and_tried_again_after_a_pause) {
  std::atomic<int> lines{0};
  const log::redirection listening(log::level::error, log::format::text, [&](std::string_view) { ++lines; });
  logged_file file(folder.file("full.db"));
  file.commit(100);
  const auto done_before = checkpoints_done();
  {
    persistence::checkpointer log(file.path, file.writer, 10);
    {
      const disk_full_at here(20'000);
      for (const auto end = std::chrono::steady_clock::now() + 300ms; std::chrono::steady_clock::now() < end;) {
        log.log_is(1000); // as every commit would tell
        std::this_thread::yield();
      }
      BOOST_TEST(lines == 1);
      BOOST_TEST(checkpoints_done() == done_before);
    }
    log.log_is(1000);
  }
  BOOST_TEST(lines == 1);
  BOOST_TEST(checkpoints_done() == done_before + 1);
  BOOST_TEST(std::filesystem::file_size(file.path) > 100'000u);
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

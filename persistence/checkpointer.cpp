#include "persistence/checkpointer.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "persistence/connect.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <utility>

namespace trunkline::persistence {

namespace {

sqlite_api::sqlite3* handle_of(soci::session& connection) {
  return static_cast<soci::sqlite3_session_backend*>(connection.get_backend())->conn_;
}

struct pass {
  int moved = 0;        ///< pages of the log that are in the file as well now, since the log began
  bool in_time = false; ///< nobody was in the way for longer than the connection waits
};

/// SQLITE_CHECKPOINT_PASSIVE waits for nobody.
pass move_pages(soci::session& connection, int how) {
  pass made;
  int in_log = 0;
  auto* handle = handle_of(connection);
  const int result = sqlite_api::sqlite3_wal_checkpoint_v2(handle, nullptr, how, &in_log, &made.moved);
  if (result != SQLITE_OK && result != SQLITE_BUSY)
    throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(handle), result);
  made.in_time = result == SQLITE_OK;
  return made;
}

std::unique_ptr<soci::session> open_for_checkpoints(const std::string& path) {
  auto connection = std::make_unique<soci::session>();
  open_sqlite_file(*connection, path);
  // It does not know of the log otherwise. Writers wait for as long as this waits for readers.
  run_script(*connection, dialect::sqlite, "pragma journal_mode = wal; pragma busy_timeout = 100");
  return connection;
}

core::counter checkpoints("trunkline_sqlite_checkpoints_total",
                          "Times the write-ahead log went into the database file");

int tell(void* listener, sqlite_api::sqlite3*, const char*, int pages) {
  static_cast<checkpointer*>(listener)->log_is(pages);
  return SQLITE_OK;
}

} // namespace

checkpointer::checkpointer(std::string path, std::timed_mutex& writer, int log_pages, std::chrono::milliseconds pause)
    : path_(std::move(path)), writer_(writer), log_pages_(log_pages), pause_(pause), thread_([this] {
        keep_log_short();
      }) {}

checkpointer::~checkpointer() {
  {
    const std::lock_guard held(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void checkpointer::attach(soci::session& connection) {
  sqlite_api::sqlite3_wal_hook(handle_of(connection), &tell, this); // takes the place of SQLite's own checkpoints
}

void checkpointer::log_is(int pages) {
  if (pages < log_pages_)
    return;
  {
    const std::lock_guard held(mutex_);
    due_ = true;
  }
  changed_.notify_one();
}

void checkpointer::keep_log_short() {
  std::unique_ptr<soci::session> connection;
  std::unique_lock held(mutex_);
  while (true) {
    changed_.wait(held, [this] { return due_ || stopping_; });
    if (!due_)
      return;
    held.unlock();
    bool done = false;
    try {
      if (!connection)
        connection = open_for_checkpoints(path_);
      done = checkpoint(*connection);
    } catch (const std::exception& problem) {
      log::error(log::no_request, "checkpoint of the database failed: {}", problem.what());
      connection.reset();
    }
    held.lock();
    due_ = false; // commits meanwhile have told of a log that is shorter now; the next one tells again
    if (!done)    // and at once, since the log is as long as it was
      changed_.wait_for(held, pause_, [this] { return stopping_; });
  }
}

/// Each pass finds what was written during the one before, which is less every time. The last one is for the rest, and
/// waits for those who still read from the log: only when there is nobody left does the next commit begin it anew.
bool checkpointer::checkpoint(soci::session& connection) {
  constexpr int few = 256, passes = 6;
  int moved = 0;
  for (int i = 0; i < passes; ++i) {
    const int before = std::exchange(moved, move_pages(connection, SQLITE_CHECKPOINT_PASSIVE).moved);
    if (moved - before < few)
      break;
  }
  const std::lock_guard no_writer(writer_);
  const bool done = move_pages(connection, SQLITE_CHECKPOINT_RESTART).in_time;
  if (done)
    checkpoints.add();
  return done;
}

} // namespace trunkline::persistence

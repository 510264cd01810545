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

/// Passive: waits for nobody. The pages of the log that are in the file as well now, since the log began.
int moved_after_a_pass(soci::session& connection) {
  int in_log = 0, moved = 0;
  const int result =
      sqlite_api::sqlite3_wal_checkpoint_v2(handle_of(connection), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  if (result != SQLITE_OK && result != SQLITE_BUSY)
    log::error(log::no_request, "checkpoint of the database failed: {}",
               sqlite_api::sqlite3_errmsg(handle_of(connection)));
  return moved;
}

core::counter checkpoints("trunkline_sqlite_checkpoints_total",
                          "Times the write-ahead log went into the database file");

int tell(void* listener, sqlite_api::sqlite3*, const char*, int pages) {
  static_cast<checkpointer*>(listener)->log_is(pages);
  return SQLITE_OK;
}

} // namespace

checkpointer::checkpointer(std::string path, std::timed_mutex& writer, int log_pages)
    : path_(std::move(path)), writer_(writer), log_pages_(log_pages), thread_([this] { keep_log_short(); }) {}

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
    try {
      if (!connection) {
        connection = std::make_unique<soci::session>();
        open_sqlite_file(*connection, path_);
        run_script(*connection, dialect::sqlite, "pragma journal_mode = wal"); // or it does not know of the log
      }
      checkpoint(*connection);
    } catch (const std::exception& problem) {
      log::error(log::no_request, "checkpoint of the database failed: {}", problem.what());
      connection.reset();
    }
    held.lock();
    due_ = false; // commits meanwhile have told of a log that is shorter now; the next one tells again
  }
}

/// Each pass finds what was written during the one before, which is less every time.
void checkpointer::checkpoint(soci::session& connection) {
  constexpr int few = 256, passes = 6;
  int moved = 0;
  for (int i = 0; i < passes; ++i) {
    const int before = std::exchange(moved, moved_after_a_pass(connection));
    if (moved - before < few)
      break;
  }
  const std::lock_guard no_writer(writer_);
  moved_after_a_pass(connection);
  checkpoints.add();
}

} // namespace trunkline::persistence

#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace soci {
class session;
}

namespace trunkline::persistence {

/// Moves what is in SQLite's write-ahead log into the database file, on a thread of its own. SQLite's own way is to do
/// so within the commit that finds the log long, and then the webhooks of that commit wait 50 ms and more.
///
/// Most of it is done beside the writers; only for the rest, which is little, they wait, because the log starts from
/// the front again only if nothing is left in it and nobody reads from it. If there is a reader for longer than 100 ms,
/// or the disk fails, it tries again after a pause.
class checkpointer {
public:
  /// Begins when the log has `log_pages`, 128 MiB by default.
  checkpointer(std::string path, std::timed_mutex& writer, int log_pages = 32768,
               std::chrono::milliseconds pause = std::chrono::seconds(1));
  ~checkpointer(); ///< after what is due
  checkpointer(const checkpointer&) = delete;
  checkpointer& operator=(const checkpointer&) = delete;

  /// From now on every commit of this connection tells how long the log is.
  void attach(soci::session& connection);

  /// After a commit: how many pages the log has.
  void log_is(int pages);

private:
  void keep_log_short();
  bool checkpoint(soci::session& connection); ///< false: somebody was reading for too long

  std::string path_;
  std::timed_mutex& writer_;
  const int log_pages_;
  const std::chrono::milliseconds pause_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace trunkline::persistence

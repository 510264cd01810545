#pragma once

#include "core/error.hpp"
#include "core/webhook_event.hpp"
#include "persistence/file.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace trunkline::persistence {

struct journal_limits {
  uint64_t bytes = 256u << 20;       ///< of all its files; then nothing more is taken
  uint64_t segment_bytes = 4u << 20; ///< about the size of one file
};

/// In all journals of this process: webhooks that are answered and not in the database yet.
int64_t events_in_journals();

/// Webhooks that are promised and not in the database yet: files NNNNNNNN.log in a folder of its own, each read back as
/// a whole and deleted when the database has what it holds. What append() has taken is on disk. For one thread at a
/// time; the folder is locked against other processes.
class journal {
public:
  using visitor = std::function<void(const core::webhook_event&)>;

  /// Reads what is there, in order. A last record that a crash has torn is cut off; bytes that make no sense in the
  /// middle are skipped, with an ALERT, and the file is kept as NNNNNNNN.log.bad. Makes no folder before it is needed.
  static core::expected<journal> open(std::filesystem::path folder, journal_limits limits = {},
                                      const visitor& visit = {});
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;
  journal(journal&&) = default;
  journal& operator=(journal&&) = delete;
  ~journal();

  /// All of them or none, with one fdatasync.
  core::expected<void> append(const std::vector<const core::webhook_event*>& events);

  /// What the oldest file holds; none when nothing is left. What is appended from now on goes elsewhere.
  std::vector<core::webhook_event> front();
  /// Everything that front() has returned is in the database.
  void drop_front();
  /// Keeps an event of front() that no database takes in refused.log, which has the form of a segment.
  void set_aside(const core::webhook_event& event);

  size_t events() const { return events_; } ///< those of front() included
  uint64_t bytes() const { return bytes_; }
  bool empty() const { return segments_.empty(); }

  /// The folders below `home` that hold something.
  static std::vector<std::filesystem::path> found_in(const std::filesystem::path& home);

private:
  struct segment {
    std::filesystem::path file;
    uint64_t number = 0, bytes = 0;
    size_t events = 0;
  };

  journal(std::filesystem::path folder, journal_limits limits);
  core::expected<void> lock();
  core::expected<void> read_all(const visitor& visit);
  core::expected<void> begin_segment();
  core::expected<void> write(std::string_view bytes);
  void take_back(uint64_t bytes);
  void keep_as_evidence(const segment& which, std::string_view why);
  void count(int64_t events, int64_t bytes);

  std::filesystem::path folder_;
  journal_limits limits_;
  descriptor locked_;
  descriptor active_; ///< the last segment, while it is written to
  std::deque<segment> segments_;
  uint64_t next_number_ = 1, bytes_ = 0;
  size_t events_ = 0;
  bool full_ = false;
};

} // namespace trunkline::persistence

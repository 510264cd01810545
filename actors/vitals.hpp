#pragma once

#include "core/clock.hpp"
#include "core/error.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace trunkline::actors {

struct last_error {
  std::string code, detail;
  core::timestamp at;
};

/// How the node or one of its own actors (SHARDS, INBOX, a STORE worker) is: written by it, read by whoever may ask.
class vitals {
public:
  vitals(std::string kind, std::string id, core::timestamp started_at)
      : kind(std::move(kind)), id(std::move(id)), started_at(started_at) {}

  const std::string kind, id;
  const core::timestamp started_at;
  std::atomic<size_t> mailbox{0};

  /// What went wrong stays to be read, with its time, when the next try goes well.
  void failed(const core::error& why, core::timestamp at) {
    std::lock_guard held(lock_);
    last_error_ = {std::string(core::to_string(why.code)), why.detail.empty() ? "The log has the cause." : why.detail,
                   at};
  }
  std::optional<last_error> last() const {
    std::lock_guard held(lock_);
    return last_error_;
  }

private:
  mutable std::mutex lock_;
  std::optional<last_error> last_error_;
};

} // namespace trunkline::actors

#pragma once

#include "core/clock.hpp"

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

/// How one of the node's own actors (SHARDS, INBOX, a STORE worker) is: written by it, read by whoever may ask.
class vitals {
public:
  vitals(std::string kind, std::string id, core::timestamp started_at)
      : kind(std::move(kind)), id(std::move(id)), started_at(started_at) {}

  const std::string kind, id;
  const core::timestamp started_at;
  std::atomic<size_t> mailbox{0};

  void failed(last_error error) {
    std::lock_guard held(lock_);
    last_error_ = std::move(error);
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

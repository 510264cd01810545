#pragma once

#include "persistence/inbox_batch.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace soci {
class session;
}

namespace trunkline::persistence {

/// A batch in which no two events tell of the same call or message, and none changes what is stored of another: new
/// rows only, each with the receipt of the event it comes from.
struct plain_batch {
  std::span<const inbox_entry> events;
  std::vector<std::pair<int64_t, call_row>> calls; ///< in the order of their keys, as messages
  std::vector<std::pair<int64_t, message_row>> messages;

  /// Nothing if the batch is not like that.
  static std::optional<plain_batch> of(std::span<const inbox_entry> entries);
};

/// Stores a plain batch, which most are, with one statement that is its own transaction: one round trip instead of
/// four.
class at_once_writer {
public:
  virtual ~at_once_writer() = default;

  enum class outcome : uint8_t {
    all_new,
    some_known, ///< some events were stored before; nothing of theirs is stored again
    impossible, ///< nothing was done: a text holds the byte that keeps texts apart
  };
  virtual outcome store(const plain_batch& batch) = 0;
};

std::shared_ptr<at_once_writer> make_at_once_writer(soci::session& sql);

} // namespace trunkline::persistence

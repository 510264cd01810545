#pragma once

#include "persistence/inbox_batch.hpp"
#include "persistence/watched_companies.hpp"

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
  struct told_message {
    int64_t receipt;
    std::string profile_name;
    message_row row;
  };

  std::span<const inbox_entry> events;
  std::vector<std::pair<int64_t, call_row>> calls; ///< in the order of their keys, as messages
  std::vector<told_message> messages;

  /// Nothing if the batch is not like that, or if somebody is to be told of it.
  static std::optional<plain_batch> of(std::span<const inbox_entry> entries,
                                       const watched_companies::snapshot& watched);
};

/// Stores a plain batch, which most are, with one statement that is its own transaction: one round trip instead of
/// four.
class at_once_writer {
public:
  virtual ~at_once_writer() = default;

  enum class outcome : uint8_t {
    all_new,
    some_known, ///< some events were stored before; nothing of theirs is stored again
    impossible, ///< nothing was done: a text holds the byte that keeps texts apart, or others are watched now
  };
  /// `watched`: the version of who is watched for which the batch is plain.
  virtual outcome store(const plain_batch& batch, int64_t watched) = 0;
};

std::shared_ptr<at_once_writer> make_at_once_writer(soci::session& sql);

} // namespace trunkline::persistence

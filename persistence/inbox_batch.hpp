#pragma once

#include "core/webhook_event.hpp"
#include "persistence/call_row.hpp"
#include "persistence/channel_touch.hpp"
#include "persistence/message_row.hpp"
#include "persistence/stores.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trunkline::persistence {

/// One key of a batch, and how it went.
struct inbox_entry {
  const core::webhook_event* event = nullptr; ///< the first of the batch with this key
  size_t arrived = 0;                         ///< its place in the batch as it was given
  std::string call_sid;                       ///< the call it belongs to, if the key's sid is not the call's
  int64_t receipt = 0;
  bool won = false;                   ///< the row is ours
  core::webhook_answer stored_answer; ///< if it is not
  std::optional<core::error> refused;
};

/// Several words about one message, folded: they apply in any order.
struct message_change {
  std::string company, twilio_sid, message, status; ///< message: which one of ours, if they say
  long long status_rank = -1;
  nullable_int error_code;
  long long at = 0;
  nullable_int sent_at, delivered_at;
};

/// The latest word about a number. Who asks to be left alone is, whatever the clock said before; only the wish to hear
/// again must be later than all else that is known.
struct opt_out_row {
  std::string company, number;
  long long opted_out = 0, changed_at = 0;
};

/// What the won events of a batch say, every row once and in the order of its key: two nodes that store the same rows
/// lock them in the same order.
struct inbox_facts {
  std::vector<call_row> calls;
  std::vector<message_row> messages;
  std::vector<channel_touch> touches; ///< one for each of the messages, in their order
  std::vector<message_change> message_changes;
  std::vector<opt_out_row> opt_outs;
  int64_t at = 0; ///< when the last of them came

  explicit inbox_facts(std::span<const inbox_entry> entries);

  /// Another event has told of the other messages before, on another of our URLs: they touch no channel again. `fresh`:
  /// ids in ascending order.
  void keep_touches_of(const std::vector<std::string>& fresh);
};

/// A batch with its repetitions taken out, ordered by key.
class inbox_batch {
public:
  explicit inbox_batch(const std::vector<const core::webhook_event*>& events);

  std::span<inbox_entry> entries() { return entries_; }
  /// Nothing has happened yet; receipts are new.
  void start_again();
  /// In the order in which the events were given.
  std::vector<inbox_outcome> outcomes() const;

private:
  static constexpr size_t not_storable = static_cast<size_t>(-1);

  std::vector<const core::webhook_event*> events_;
  std::vector<inbox_entry> entries_;
  std::vector<size_t> entry_of_; ///< per event
};

} // namespace trunkline::persistence

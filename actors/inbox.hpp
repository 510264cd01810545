#pragma once

#include "actors/interfaces.hpp"
#include "actors/vitals.hpp"
#include "persistence/stores.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <vector>

namespace trunkline::actors {

/// INBOX promises: no webhook is answered before it is durable, and a repeated one gets the first answer, byte for
/// byte.
///
/// Group commit without a timer: while one batch is being committed the next one gathers in the mailbox. The first
/// event of a batch sends a tick to the end of the mailbox; when the tick comes, all that arrived meanwhile is in the
/// batch.
struct inbox_state {
  static inline constexpr auto name = "inbox";
  static constexpr size_t max_batch = 512;

  // -- what it does
  void add(record_event entry);
  void commit();

  // -- what it remembers
  inbox_actor::pointer self = nullptr;
  std::shared_ptr<persistence::inbox_store> store;
  std::shared_ptr<vitals> pulse;
  const core::clock* clock = nullptr;
  std::vector<record_event> batch;
};

/// Blocks in the database: spawn it detached.
inbox_actor::behavior_type inbox(inbox_actor::stateful_pointer<inbox_state> self,
                                 std::shared_ptr<persistence::inbox_store> store, std::shared_ptr<vitals> pulse,
                                 const core::clock* clock);

} // namespace trunkline::actors

#pragma once

#include "actors/services.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace trunkline::actors {

/// OUTBOX WATCH promises: whatever became of whoever should have known, a company of this node that has messages to
/// send is woken within a second or two.
struct outbox_watch_state {
  static inline constexpr auto name = "outbox_watch";

  // -- what it does
  void look();
  void wake(const due_found& news);

  // -- what it remembers
  outbox_watch_actor::pointer self = nullptr;
  std::shared_ptr<const services> node;
  shards_actor shards;
};

outbox_watch_actor::behavior_type outbox_watch(outbox_watch_actor::stateful_pointer<outbox_watch_state> self,
                                               std::shared_ptr<const services> node, shards_actor shards);

} // namespace trunkline::actors

#pragma once

#include "core/clock.hpp"

#include <caf/io/middleman_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <memory>

namespace trunkline::cluster {

struct sing {};

/// Shows that this node still works: a node whose threads renew its lease while its actors stand still would keep its
/// companies for ever.
using canary_actor = caf::typed_actor<
    // INTERNAL: twice a second.
    caf::reacts_to<sing>>;

/// When the canary last ran, and when the network layer last answered it; of the steady clock.
struct canary_song {
  std::atomic<int64_t> scheduler_ms{0}, network_ms{0};

  bool heard_since(int64_t since_ms) const { return scheduler_ms >= since_ms && network_ms >= since_ms; }
};

canary_actor::behavior_type canary(canary_actor::pointer self, const caf::io::middleman_actor& network,
                                   const core::clock* clock, const std::shared_ptr<canary_song>& song);

} // namespace trunkline::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::cluster::sing)

#pragma once

#include "cluster/hello.hpp"
#include "cluster/link_messages.hpp"
#include "core/clock.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace trunkline::cluster {

/// Answers what a peer asks, from any thread, once; called on the session's own, so it must not block.
using serve_peer =
    std::function<void(const std::string& topic, std::string payload, std::function<void(std::string)> answer)>;

struct gatekeeper_parts {
  const std::atomic<int64_t>* me = nullptr; ///< incarnation; 0 as long as it is not known
  core::secret key;
  const core::clock& clock;
  /// Whether this incarnation is a live member, as far as this node knows.
  std::function<bool(int64_t incarnation)> is_member;
  serve_peer serve;
};

/// GATEKEEPER promises: nobody who has not proved that he knows the cluster's key is listened to. Whoever does gets a
/// SESSION of his own. What strangers cost is bounded: so many greetings at once, each for a few seconds.
struct gatekeeper_state {
  static inline constexpr auto name = "gatekeeper";
  static constexpr size_t most_greetings = 64;
  static constexpr int64_t greeting_ms = 3'000;

  struct expected_proof {
    greeting between;
    int64_t until_ms = 0;
  };

  // -- what it does
  void hear(const envelope& said);
  void greeted(const caf::strong_actor_ptr& caller, const envelope& said);
  void proved(const caf::strong_actor_ptr& caller, const envelope& said);
  void forget_late();

  // -- what it remembers
  gatekeeper_actor::pointer self = nullptr;
  std::optional<gatekeeper_parts> parts;
  std::map<caf::actor_addr, expected_proof> greetings;
  std::map<int64_t, caf::actor> sessions; ///< by incarnation
};

gatekeeper_actor::behavior_type gatekeeper(gatekeeper_actor::stateful_pointer<gatekeeper_state> self,
                                           const gatekeeper_parts& parts);

/// SESSION promises: what the peer asks is handed on and its answer goes back. It ends with the peer's link.
struct session_state {
  static inline constexpr auto name = "session";

  // -- what it does
  void hear(envelope& said);
  void answer(answer_peer& done);

  // -- what it remembers
  session_actor::pointer self = nullptr;
  int64_t me = 0;
  std::string tag;
  remote_actor caller;
  serve_peer serve;
};

struct session_parts {
  int64_t me = 0;
  std::string tag;
  remote_actor caller;
  serve_peer serve;
};

session_actor::behavior_type session(session_actor::stateful_pointer<session_state> self, const session_parts& parts);

} // namespace trunkline::cluster

#pragma once

#include "actors/reply.hpp"
#include "cluster/envelope.hpp"
#include "cluster/tcp_probe.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace trunkline::cluster {

// What stays within the node; only `envelope` crosses the network.

/// A question to a peer. Its answer is ec::not_ready when the link is down or goes down, ec::overloaded when the peer
/// is silent for as long as the patience lasts or has too many questions already.
struct ask_peer {
  std::string topic, payload;
  std::chrono::milliseconds patience{1'000};
  actors::reply<std::string> answer;
};

/// How a peer's question ended here.
struct answer_peer {
  int64_t id = 0;
  std::string payload;
};

struct probe_peer {
  std::string host;
  uint16_t port = 0;
  int times = 1;
  actors::reply<probe_result> answer; ///< open or silent if it was so once
};

struct probed {
  int64_t attempt = 0;
  probe_result found = probe_result::silent;
};

struct look_after_link {};

/// Somebody in another node.
using remote_actor = caf::typed_actor<
    // Across the network.
    caf::reacts_to<envelope>>;

/// Blocks while it looks whether somebody listens: one for all links.
using prober_actor = caf::typed_actor<
    // Tries to connect and says how that went.
    caf::reacts_to<probe_peer>>;

/// The way to one peer.
using link_actor = caf::typed_actor<
    // Asks the peer; answered once, in time.
    caf::reacts_to<ask_peer>,
    // From the peer.
    caf::reacts_to<envelope>,
    // INTERNAL: whether somebody listens there.
    caf::reacts_to<probed>,
    // INTERNAL: ten times a second, whatever is due.
    caf::reacts_to<look_after_link>>;

/// Whoever dials this node; it finds out who that is.
using gatekeeper_actor = caf::typed_actor<
    // From somebody on the network: "hello" or "proof", anything else is not listened to.
    caf::reacts_to<envelope>>;

/// A peer that has proved itself, and what it asks.
using session_actor = caf::typed_actor<
    // From the peer.
    caf::reacts_to<envelope>,
    // INTERNAL: one of its questions has been answered.
    caf::reacts_to<answer_peer>>;

} // namespace trunkline::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::cluster::ask_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::cluster::answer_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::cluster::probe_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::cluster::probed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::cluster::look_after_link)

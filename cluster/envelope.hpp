#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

namespace trunkline::cluster {

/// The one message that crosses the network. CAF knows types by a registered name and nothing of versions, so what is
/// in it has an encoding of its own (cluster/codec).
struct envelope {
  int64_t from = 0;    ///< incarnation of whoever says it
  int64_t id = 0;      ///< of a question; its answer has the same
  std::string kind;    ///< "hello", "challenge", "proof", "welcome", "later", "ask", "answer", "ping", "pong"
  std::string tag;     ///< after the hello: what only these two nodes know
  std::string topic;   ///< of "ask": what it is about
  std::string payload; ///< at most max_payload bytes
};

/// CAF takes any size; what is larger is not sent.
constexpr size_t max_payload = 256 * 1024;

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, envelope& e) {
  return f(caf::meta::type_name("trunkline_envelope"), e.from, e.id, e.kind, e.tag, e.topic, e.payload);
}

inline void register_envelope(caf::actor_system_config& config) {
  config.add_message_type<envelope>("trunkline_envelope");
}

} // namespace trunkline::cluster

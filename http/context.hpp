#pragma once

#include "actors/gateway.hpp"
#include "core/secret.hpp"
#include "http/checks/jwt.hpp"
#include "http/guess_limiter.hpp"
#include "http/key_ring.hpp"
#include "twilio/signature.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace trunkline::http {

struct front_end_settings {
  twilio::public_url public_url;      ///< what Twilio signs
  std::string hooks_base;             ///< public_url + "/hooks/"
  std::string default_country = "US"; ///< of numbers in webhooks that have no +
  core::secret admin_key;
  std::function<std::shared_ptr<const checks::jwt_verifier>()> tokens = [] {
    return std::make_shared<const checks::jwt_verifier>();
  };                             ///< may change while the node runs
  bool mock_mode = false;        ///< nothing leaves this node: messages are simulated
  bool secure_cookies = false;   ///< the console is reached by https
  uint32_t max_in_flight = 4096; ///< webhooks between the door and their answer
};

/// What handlers and checks share; lives as long as the servers.
struct context {
  context(front_end_settings s, actors::gateway& a, const core::clock& c)
      : settings(std::move(s)), actors(a), clock(c) {}

  front_end_settings settings;
  actors::gateway& actors;
  const core::clock& clock;
  std::atomic<uint32_t> in_flight{0};
  key_ring keys;
  guess_limiter guesses;
};

} // namespace trunkline::http

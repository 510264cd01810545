#pragma once

#include "actors/gateway.hpp"
#include "core/secret.hpp"
#include "twilio/signature.hpp"

#include <atomic>
#include <string>
#include <utility>

namespace trunkline::http {

struct front_end_settings {
  twilio::public_url public_url;      ///< what Twilio signs
  std::string hooks_base;             ///< public_url + "/hooks/"
  std::string default_country = "US"; ///< of numbers in webhooks that have no +
  core::secret admin_key;
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
};

} // namespace trunkline::http

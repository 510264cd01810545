#pragma once

#include "actors/webhook_delivery.hpp"
#include "providers/customer_url.hpp"
#include "providers/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace trunkline::providers {

struct webhook_sender_options {
  std::chrono::milliseconds deadline{10'000};
  size_t per_host = 8; ///< under way at once: a host that hangs takes no room from others
  std::vector<uint16_t> ports = {443, 8443};
};

/// Delivers through `client`, which outlives the deliverer's calls and says whether private addresses are allowed.
actors::deliver_webhook make_webhook_sender(http_client& client, const webhook_sender_options& options = {});

} // namespace trunkline::providers

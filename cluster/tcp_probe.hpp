#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace trunkline::cluster {

enum class probe_result : uint8_t {
  open,
  refused, ///< the host lives, and nobody listens there
  silent,  ///< nothing came back in time, or the host can not be reached
};

/// Whether somebody listens at an IP address. CAF connects blocking, for as long as the kernel tries, and meanwhile
/// nobody else gets a connection; so we look first. Blocks at most `patience`.
probe_result probe(const std::string& host, uint16_t port, std::chrono::milliseconds patience);

} // namespace trunkline::cluster

#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::sim {

/// Where a webhook goes and which URL its signature covers: the gateway is known to the world by its public URL, but
/// the simulator reaches it over loopback.
struct webhook_target {
  std::string host; ///< "127.0.0.1", "localhost" or "[::1]"
  uint16_t port = 80;
  std::string path;       ///< with query
  std::string signed_url; ///< as configured, without fragment
};

struct gateway_address {
  std::string gateway;    ///< "http://127.0.0.1:8080": also where to go for public_url
  std::string public_url; ///< "https://gw.example.com", or empty
};

/// The error says in words why the URL is not one the simulator calls: it only speaks http to loopback.
tl::expected<webhook_target, std::string> resolve_target(std::string_view url, const gateway_address& known);

} // namespace trunkline::sim

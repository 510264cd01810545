#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

struct sockaddr;

namespace trunkline::providers {

/// An IPv6 address in network order; an IPv4 one as ::ffff:a.b.c.d.
using address_bytes = std::array<uint8_t, 16>;

/// Whether an address belongs to the Internet and to nobody's own network or machine: neither loopback, private,
/// link-local, shared (CGNAT), documentation, benchmark, multicast nor reserved, by the IANA registries of special
/// purpose addresses (RFC 6890 and after). An IPv4 address inside of an IPv6 one (mapped, compatible, NAT64's
/// 64:ff9b::/96, 6to4) is what counts.
bool is_public(const address_bytes& address);

/// False for whatever is not IPv4 or IPv6.
bool is_public(const sockaddr* where, size_t length);

/// "192.0.2.1", "2001:db8::1": as inet_pton reads them, so neither "127.1" nor "0x7f000001".
std::optional<address_bytes> parse_address(std::string_view text);

} // namespace trunkline::providers

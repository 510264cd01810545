#include "providers/public_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <string>

namespace trunkline::providers {

namespace {

struct block4 {
  std::array<uint8_t, 4> first;
  int bits;
};

constexpr block4 special4[] = {
    {{0, 0, 0, 0}, 8},       // "this network"
    {{10, 0, 0, 0}, 8},      // private
    {{100, 64, 0, 0}, 10},   // shared, CGNAT
    {{127, 0, 0, 0}, 8},     // loopback
    {{169, 254, 0, 0}, 16},  // link-local, clouds' metadata
    {{172, 16, 0, 0}, 12},   // private
    {{192, 0, 0, 0}, 24},    // IETF
    {{192, 0, 2, 0}, 24},    // documentation
    {{192, 88, 99, 0}, 24},  // 6to4 relays
    {{192, 168, 0, 0}, 16},  // private
    {{198, 18, 0, 0}, 15},   // benchmarks
    {{198, 51, 100, 0}, 24}, // documentation
    {{203, 0, 113, 0}, 24},  // documentation
    {{224, 0, 0, 0}, 4},     // multicast
    {{240, 0, 0, 0}, 4},     // reserved, broadcast
};

struct block6 {
  std::array<uint8_t, 16> first;
  int bits;
};

// Of what is global unicast. All else is none of the Internet: loopback, fc00::/7, fe80::/10, ff00::/8, 64:ff9b:1::/48.
constexpr block6 global_unicast = {{0x20}, 3};
constexpr block6 special6[] = {
    {{0x20, 0x01}, 23},             // IETF: Teredo, benchmarks, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, // documentation
    {{0x3f, 0xff}, 20},             // documentation
};

constexpr address_bytes mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}; // and 96 bits
constexpr address_bytes compatible = {};
constexpr address_bytes nat64 = {0, 0x64, 0xff, 0x9b};

template <size_t size, size_t prefix_size>
bool begins(const std::array<uint8_t, size>& address, const std::array<uint8_t, prefix_size>& prefix, int bits) {
  static_assert(size == prefix_size);
  for (size_t i = 0; bits > 0; ++i, bits -= 8) {
    const int mask = bits >= 8 ? 0xff : 0xff << (8 - bits) & 0xff;
    if ((address[i] & mask) != (prefix[i] & mask))
      return false;
  }
  return true;
}

using bytes4 = std::array<uint8_t, 4>;

bytes4 four(const address_bytes& address, size_t at) {
  return {address[at], address[at + 1], address[at + 2], address[at + 3]};
}

/// The IPv4 address that packets to this IPv6 one end up at.
std::optional<bytes4> inner(const address_bytes& address) {
  for (const auto& prefix : {mapped, compatible, nat64})
    if (begins(address, prefix, 96))
      return four(address, 12);
  if (address[0] == 0x20 && address[1] == 0x02) // 6to4
    return four(address, 2);
  return std::nullopt;
}

} // namespace

bool is_public(const address_bytes& address) {
  if (const auto v4 = inner(address))
    return std::none_of(std::begin(special4), std::end(special4),
                        [&](const block4& block) { return begins(*v4, block.first, block.bits); });
  return begins(address, global_unicast.first, global_unicast.bits) &&
         std::none_of(std::begin(special6), std::end(special6),
                      [&](const block6& block) { return begins(address, block.first, block.bits); });
}

bool is_public(const sockaddr* where, size_t length) {
  sa_family_t family = AF_UNSPEC;
  if (length < sizeof(sockaddr_in))
    return false;
  std::memcpy(&family, &where->sa_family, sizeof family);
  address_bytes address = mapped;
  if (family == AF_INET) {
    std::memcpy(address.data() + 12, reinterpret_cast<const char*>(where) + offsetof(sockaddr_in, sin_addr), 4);
    return is_public(address);
  }
  if (family != AF_INET6 || length < sizeof(sockaddr_in6))
    return false;
  std::memcpy(address.data(), reinterpret_cast<const char*>(where) + offsetof(sockaddr_in6, sin6_addr), 16);
  return is_public(address);
}

std::optional<address_bytes> parse_address(std::string_view text) {
  const std::string zero_ended(text);
  address_bytes address = mapped;
  if (inet_pton(AF_INET, zero_ended.c_str(), address.data() + 12) == 1)
    return address;
  if (inet_pton(AF_INET6, zero_ended.c_str(), address.data()) == 1)
    return address;
  return std::nullopt;
}

} // namespace trunkline::providers

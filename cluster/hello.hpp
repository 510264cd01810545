#pragma once

#include "core/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::cluster {

// How two nodes prove to each other that they know the cluster's key, before anything else they say counts. Each sends
// 16 random bytes that were never sent before; each proof is bound to both of them, to who is who and to its direction,
// so that none can be used again or turned around. What is said afterwards carries a tag that only these two know: a
// third one on the same port can not speak for them.

struct greeting {
  int64_t caller = 0, called = 0; ///< incarnations
  std::string caller_nonce, called_nonce;
};

std::string make_nonce();

/// HMAC-SHA256 (RFC 2104), 32 bytes.
std::string caller_proof(const core::secret& key, const greeting& between);
std::string called_proof(const core::secret& key, const greeting& between);
/// 16 bytes.
std::string session_tag(const core::secret& key, const greeting& between);

/// In constant time.
bool same_bytes(std::string_view a, std::string_view b);

} // namespace trunkline::cluster

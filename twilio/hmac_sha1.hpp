#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace trunkline::twilio {

using sha1_digest = std::array<unsigned char, 20>;

/// HMAC-SHA1 of the parts, one after the other. Empty if OpenSSL refuses SHA-1, as a FIPS set-up may.
std::optional<sha1_digest> hmac_sha1(std::string_view key, std::span<const std::string_view> parts);

} // namespace trunkline::twilio

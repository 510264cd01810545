#pragma once

#include "core/clock.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trunkline::health {

// Webhooks by the Standard Webhooks specification (https://www.standardwebhooks.com).

/// The headers webhook-id, webhook-timestamp and webhook-signature: "v1," and the base64 of the HMAC-SHA256 of
/// "id.seconds.body". `key` is the secret itself, not its whsec_ form.
std::vector<std::pair<std::string, std::string>> sign(const core::secret& key, std::string_view id, core::timestamp at,
                                                      std::string_view body);

/// How long to wait after so many attempts that failed: from 5 s to 14 h, 32 h in all; none: no more of them.
std::optional<std::chrono::seconds> wait_after(int attempts);

} // namespace trunkline::health

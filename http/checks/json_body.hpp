#pragma once

#include "core/error.hpp"
#include "http/exchange.hpp"

#include <string_view>

namespace trunkline::http::checks {

/// The body of a request that must be JSON: ec::unsupported_media_type without application/json, ec::payload_too_large
/// above 64 KiB. What is in it is the reader's business.
core::expected<std::string_view> json_body(const exchange& request);

} // namespace trunkline::http::checks

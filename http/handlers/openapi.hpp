#pragma once

#include "http/exchange.hpp"

#include <functional>
#include <string_view>

namespace trunkline::http::handlers {

/// GET /api/openapi.json -- the description of this very API, OpenAPI 3.1.
std::function<void(const exchange_ptr&)> openapi();

/// The text itself, compiled in from http/openapi.json.
std::string_view openapi_text();

} // namespace trunkline::http::handlers

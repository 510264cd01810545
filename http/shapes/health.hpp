#pragma once

#include "core/error.hpp"
#include "core/ids.hpp"
#include "health/report.hpp"

#include <string_view>

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// The body of GET .../dependency-health (API.md section 10).
void write_health(json::writer& out, const health::report& report);

/// The body of POST .../dependency-health/run: which company, empty for everything. It may be empty itself.
core::expected<core::tenant_id> read_health_run(std::string_view text);

} // namespace trunkline::http::shapes

#pragma once

#include "core/alert.hpp"
#include "json/writer.hpp"

namespace trunkline::json {

/// An alert as the API shows it and as it is delivered (API.md 10).
void write_alert(writer& out, const core::alert& alert);

} // namespace trunkline::json

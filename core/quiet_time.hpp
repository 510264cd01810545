#pragma once

#include "core/clock.hpp"
#include "core/tenant_config.hpp"

#include <optional>
#include <string_view>

namespace trunkline::core {

/// When the quiet hours that this moment falls into end; none: it falls into none. They may go past midnight, and days
/// with a clock change are as long as they are. The same time twice means never quiet.
std::optional<timestamp> quiet_until(const quiet_hours& hours, std::string_view zone, timestamp now);

} // namespace trunkline::core

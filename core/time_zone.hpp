#pragma once

#include <string_view>

namespace trunkline::core {

/// An IANA zone that ICU knows: "America/New_York", "UTC".
bool is_time_zone(std::string_view name);

} // namespace trunkline::core

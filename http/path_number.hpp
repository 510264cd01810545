#pragma once

#include "core/phone_number.hpp"

#include <optional>
#include <string_view>

namespace trunkline::http {

/// The number that a segment of a path names: "+1...", "%2B1..." or its digits alone; none if it is no number.
std::optional<core::phone_number> path_number(std::string_view segment);

} // namespace trunkline::http

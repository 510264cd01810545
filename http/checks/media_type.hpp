#pragma once

#include <string_view>

namespace trunkline::http::checks {

/// True for "Application/JSON; charset=UTF-8" and "application/json": parameters and letter case do not count.
bool is_media_type(std::string_view header, std::string_view wanted);

} // namespace trunkline::http::checks

#pragma once

#include <array>
#include <string_view>

namespace trunkline::twilio {

struct replacement {
  char32_t point;
  std::string_view text; ///< ASCII, may be empty
};

/// Sorted by code point.
extern const std::array<replacement, 270> smart_encoding_map;

} // namespace trunkline::twilio

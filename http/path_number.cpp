#include "http/path_number.hpp"

#include <algorithm>
#include <string>

namespace trunkline::http {

std::optional<core::phone_number> path_number(std::string_view segment) {
  constexpr size_t longest = 15;
  for (const std::string_view plus : {"+", "%2B", "%2b"})
    if (segment.starts_with(plus)) {
      segment.remove_prefix(plus.size());
      break;
    }
  const bool digits = std::all_of(segment.begin(), segment.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (segment.empty() || segment.size() > longest || !digits)
    return std::nullopt;
  return core::phone_number("+" + std::string(segment));
}

} // namespace trunkline::http

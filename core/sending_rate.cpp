#include "core/sending_rate.hpp"

#include "core/outgoing.hpp"

#include <algorithm>
#include <array>

namespace trunkline::core {

namespace {

constexpr size_t longest_short_code = 6;

bool is_toll_free(std::string_view number) {
  constexpr std::array<std::string_view, 7> codes = {"800", "833", "844", "855", "866", "877", "888"};
  return number.size() == 12 && std::find(codes.begin(), codes.end(), number.substr(2, 3)) != codes.end();
}

} // namespace

double lane_rate(std::string_view lane, const rate_limit_settings& limits) {
  if (limits.number_segments_per_second)
    return *limits.number_segments_per_second;
  const auto [communication_type, number] = parts_of_lane(lane);
  if (communication_type == "whatsapp")
    return 80;
  if (!number.starts_with('+'))
    return number.size() <= longest_short_code ? 100 : 10;
  if (!number.starts_with("+1"))
    return 10;
  return is_toll_free(number) ? 3 : 1;
}

} // namespace trunkline::core

#pragma once

#include "sim/state.hpp"
#include "twilio/form.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trunkline::sim {

/// The numbers on offer: an endless shelf made from rules, less what somebody has bought. Same query, same answer.
struct offered_country {
  std::string_view code, name;
  std::vector<std::string_view> types; ///< Local | TollFree | Mobile
};

const std::vector<offered_country>& offered_countries();
const offered_country* find_country(std::string_view code);

/// Up to `most` numbers of a type that is offered there; `area_code` and `contains` may be empty.
/// `contains`: digits, letters as on a keypad, * for any digit.
std::vector<std::string> offered_numbers(const state& data, std::string_view country, std::string_view type,
                                         std::string_view area_code, std::string_view contains, size_t most);

/// Three digits, the first 2 to 9; 533 is one, and always sold out.
bool is_area_code(std::string_view text);

bool is_toll_free(std::string_view number);

} // namespace trunkline::sim

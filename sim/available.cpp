#include "sim/available.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace trunkline::sim {

namespace {

/// How a number of a country and type begins; the rest, `free` digits, is counted up.
struct shelf {
  std::string_view country, type, prefix;
  int free;
};

constexpr shelf shelves[] = {
    {"US", "TollFree", "+1833555", 4},  {"US", "Local", "+1646555", 4},   {"CA", "TollFree", "+1844555", 4},
    {"CA", "Local", "+1647555", 4},     {"GB", "Local", "+4420794", 5},   {"GB", "Mobile", "+4477009", 5},
    {"GB", "TollFree", "+44808157", 4}, {"BR", "Local", "+551135550", 3}, {"BR", "Mobile", "+5511955550", 3},
};

char on_keypad(char c) {
  constexpr std::string_view keys = "22233344455566677778889999";
  const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper >= 'A' && upper <= 'Z' ? keys[static_cast<size_t>(upper - 'A')] : c;
}

bool contains_pattern(std::string_view number, std::string_view pattern) {
  const auto same = [](char digit, char wanted) { return wanted == '*' || digit == on_keypad(wanted); };
  return std::search(number.begin(), number.end(), pattern.begin(), pattern.end(), same) != number.end() ||
         pattern.empty();
}

} // namespace

const std::vector<offered_country>& offered_countries() {
  static const std::vector<offered_country> all = {{"US", "United States", {"Local", "TollFree"}},
                                                   {"CA", "Canada", {"Local", "TollFree"}},
                                                   {"GB", "United Kingdom", {"Local", "TollFree", "Mobile"}},
                                                   {"BR", "Brazil", {"Local", "Mobile"}}};
  return all;
}

const offered_country* find_country(std::string_view code) {
  const auto found = std::ranges::find(offered_countries(), code, &offered_country::code);
  return found == offered_countries().end() ? nullptr : &*found;
}

bool is_area_code(std::string_view text) {
  return text.size() == 3 && text.find_first_not_of("0123456789") == std::string_view::npos && text[0] >= '2';
}

bool is_toll_free(std::string_view number) {
  return std::ranges::any_of(shelves,
                             [&](const shelf& s) { return s.type == "TollFree" && number.starts_with(s.prefix); });
}

std::vector<std::string> offered_numbers(const state& data, std::string_view country, std::string_view type,
                                         std::string_view area_code, std::string_view contains, size_t most) {
  std::vector<std::string> found;
  const auto* here =
      std::ranges::find_if(shelves, [&](const shelf& s) { return s.country == country && s.type == type; });
  if (here == std::end(shelves) || area_code == "533" || (!area_code.empty() && !is_area_code(area_code)))
    return found;
  std::string prefix(here->prefix);
  if (!area_code.empty() && prefix.starts_with("+1") && type == "Local")
    prefix.replace(2, 3, area_code);
  const int end = here->free == 3 ? 1000 : here->free == 4 ? 10'000 : 100'000;
  for (int i = 0; i < end && found.size() < most; ++i) {
    auto number = fmt::format("{}{:0{}}", prefix, i, here->free);
    if (contains_pattern(number, contains) && !data.owner_of(number))
      found.push_back(std::move(number));
  }
  return found;
}

} // namespace trunkline::sim

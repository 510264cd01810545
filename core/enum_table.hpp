#pragma once

#include <array>
#include <cstddef>
#include <utility>

namespace trunkline::core {

/// Whether a table with a row for each value of an enum has them all, in their order: then a value is the index of its
/// row.
template <class Enum, class T, size_t size>
constexpr bool in_order(const std::array<std::pair<Enum, T>, size>& table) {
  for (size_t i = 0; i < size; ++i)
    if (static_cast<size_t>(table[i].first) != i)
      return false;
  return true;
}

} // namespace trunkline::core

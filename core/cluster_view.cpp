#include "core/cluster_view.hpp"

#include <array>

namespace trunkline::core {

namespace {

constexpr std::array<std::string_view, 5> statuses = {"joining", "active", "draining", "left", "dead"};
constexpr std::array<std::string_view, 3> states = {"free", "owned", "releasing"};

template <class Enum, size_t count>
std::optional<Enum> parse(const std::array<std::string_view, count>& names, std::string_view text) {
  for (size_t i = 0; i < count; ++i)
    if (names[i] == text)
      return static_cast<Enum>(i);
  return std::nullopt;
}

} // namespace

std::string_view to_string(node_status status) { return statuses[static_cast<size_t>(status)]; }
std::optional<node_status> parse_node_status(std::string_view text) { return parse<node_status>(statuses, text); }

std::string_view to_string(shard_state state) { return states[static_cast<size_t>(state)]; }
std::optional<shard_state> parse_shard_state(std::string_view text) { return parse<shard_state>(states, text); }

} // namespace trunkline::core

#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace trunkline::json {

/// The members in which two JSON objects differ: as they were and as they are. A member that one of them lacks is
/// missing there. What is no object counts as {}.
std::pair<std::string, std::string> changed_members(std::string_view before, std::string_view after);

/// A JSON object with one more member, a text.
std::string with_member(std::string object, std::string_view name, std::string_view value);

} // namespace trunkline::json

#pragma once

#include "sim/json_reader.hpp"
#include "sim/world.hpp"

namespace trunkline::sim {

/// POST /sim/accounts (control_api.hpp): makes or changes accounts; the answer's text, or what is wrong. What comes
/// before a wrong account in a list stays made.
tl::expected<std::string, json_problem> set_up_accounts(world& sim, const rapidjson::Value& object);

} // namespace trunkline::sim

#pragma once

#include "sim/world.hpp"

namespace trunkline::sim {

/// Handles any request: /sim/* by the control interface, everything else as api.twilio.com would, behind the faults.
/// `done` is called exactly once.
void handle(world& sim, request received, respond done);

} // namespace trunkline::sim

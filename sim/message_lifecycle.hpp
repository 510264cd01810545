#pragma once

#include "sim/outgoing.hpp"

namespace trunkline::sim {

/// What becomes of an accepted message: sent, then how fate_of() has it, each step reported to its StatusCallback
/// before the next one is taken. A message canceled meanwhile stays so.
void start_life(world& sim, const table<message>::pointer& sms);

/// The parameters of one report (FACTS 2.9).
pairs status_params(const message& sms);

} // namespace trunkline::sim

#pragma once

#include "sim/outgoing.hpp"

namespace trunkline::sim {

/// What becomes of a call that was placed: ringing, then busy, not answered, failed, or answered. Answered, its Url is
/// asked for TwiML, and some time later it is completed. The events asked for are reported in order.
void start_life(world& sim, const table<call>::pointer& call);

/// Ends it now, as by POST Status=completed or canceled, or when the other side hangs up.
void end_call(world& sim, const table<call>::pointer& call, std::string status);

/// The parameters of a voice request (FACTS 2.3).
pairs voice_params(const call& call);

} // namespace trunkline::sim

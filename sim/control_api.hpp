#pragma once

#include "sim/world.hpp"

namespace trunkline::sim {

/// What tests and `./dev demo` use, JSON in and out, errors {"error"} with 400, 404, 405:
///   GET    /sim/health                    {"status":"ok", counts}
///   POST   /sim/accounts                  {"sid"?,"authToken"?,"friendlyName"?,"status"?,"type"?,"balance"?,"owner"?,
///                                          "apiKeys":[{"sid","secret"}],"numbers":["+1..." |
///                                          {"phoneNumber","voiceUrl"?,"smsUrl"?,"statusCallback"?}]}, or
///                                          {"accounts":[...]};
///                                         answers
///                                         {"accounts":[{"sid","authToken","numbers":[{"sid","phoneNumber"}]}]}. An
///                                         account that exists is changed, its numbers are added to
///   GET    /sim/ledger?kind&account&sid&after&limit     see ledger::page;  DELETE clears it
///   GET    /sim/faults   POST one rule, or {"rules":[...]}   see fault_rule::parse;  DELETE removes all
///   POST   /sim/settings                  any of {"sentAfterMs","deliveredAfterMs","ringingAfterMs","answeredAfterMs",
///                                         "completedAfterMs","queuedCallback","gateway","publicUrl"}
///   POST   /sim/webhooks/{voice,sms,raw}  see inbound.hpp
void control_api(world& sim, const request& received, const respond& done);

} // namespace trunkline::sim

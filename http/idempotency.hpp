#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"
#include "http/route_table.hpp"

namespace trunkline::http {

/// Carries the route out. With an Idempotency-Key only once: a repetition within 24 hours gets the first answer again
/// and says so in Idempotency-Replayed. The request that the route sees has `once` set.
///   ec::invalid_idempotency_key      not 1..255 printable ASCII characters
///   ec::idempotency_key_reused       the first request had another body
///   ec::idempotency_in_progress      the first request is still running
void carry_out(context& ctx, const route& route, const exchange_ptr& request);

} // namespace trunkline::http

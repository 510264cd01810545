#pragma once

#include "actors/services.hpp"

namespace trunkline::actors {

/// Hands a decided webhook to the INBOX, which answers it once it is durable.
void record(const services& node, const job_ptr& job, core::webhook_event event);

} // namespace trunkline::actors

#pragma once

#include "core/alert.hpp"
#include "health/dependency.hpp"
#include "health/judge.hpp"

namespace trunkline::health {

// What is told to the notification centre, in words.

core::alert_key key_of(dependency_kind kind, const core::tenant_id& company);

/// A dependency is DOWN.
core::alert_cause down_cause(dependency_kind kind, const core::tenant_id& company, const verdict& found);
/// Nobody reaches Twilio.
core::alert_cause outage_cause(size_t asked, size_t unreachable);
core::alert_cause quarantine_cause(const core::tenant_id& company);
/// Webhooks were refused for their signature, or would have been (`shadow`).
core::alert_cause rejection_cause(const core::tenant_id& company, bool shadow, int64_t times);
/// A webhook was right with the next token only.
core::alert_cause next_token_cause(const core::tenant_id& company, int64_t times);

/// A node has been declared dead; until one of its name is back.
core::alert_cause node_lost_cause(const std::string& node);

/// After so long without a refused webhook its alert is resolved.
constexpr int64_t rejections_end_ms = 15 * 60'000;

} // namespace trunkline::health

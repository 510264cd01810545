#pragma once

#include "core/call.hpp"
#include "core/tenant_config.hpp"

#include <optional>
#include <string_view>

namespace trunkline::routing {

// The fallback chain [C4]: an ordered list of modes. A call takes the first step that can be taken; when that fails,
// the next one after it. Nothing ever goes back, so a chain ends.

/// "ai-agent", "voicemail", "forward"
std::string_view name_of(core::routing_mode mode);

/// Why this company cannot take a call this way: "agent_not_configured", "forward_not_configured"; "" if it can.
std::string_view obstacle(const core::tenant_config& config, core::routing_mode mode);

/// The first step at or after `from` that can be taken, marked "taken" in facts.steps; those passed over on the way are
/// marked "skipped" with their reason. nullopt: the chain is used up.
std::optional<size_t> take_step(const core::tenant_config& config, size_t from, core::call_facts& facts,
                                core::timestamp now);

/// Where `mode` stands in the chain.
std::optional<size_t> place_of(const core::tenant_config& config, core::routing_mode mode);

/// Writes what became of a step. Steps beyond the archive's three are not kept.
void mark_step(core::call_facts& facts, size_t step, core::routing_mode mode, std::string_view result,
               std::string_view reason, core::timestamp now);

} // namespace trunkline::routing

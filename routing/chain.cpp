#include "routing/chain.hpp"

#include <algorithm>

namespace trunkline::routing {

std::string_view name_of(core::routing_mode mode) {
  switch (mode) {
  case core::routing_mode::ai_agent:
    return "ai-agent";
  case core::routing_mode::voicemail:
    return "voicemail";
  case core::routing_mode::forward:
    return "forward";
  }
  return "voicemail";
}

std::string_view obstacle(const core::tenant_config& config, core::routing_mode mode) {
  switch (mode) {
  case core::routing_mode::ai_agent: {
    // Vapi has to be asked for its TwiML, which nothing here can do: this version takes it as not set up.
    const bool speaks = config.agent.engine != core::agent_engine::vapi;
    return speaks && config.agent.url && !config.agent.url->empty() ? "" : "agent_not_configured";
  }
  case core::routing_mode::forward:
    return config.forward_number && !config.forward_number->empty() ? "" : "forward_not_configured";
  case core::routing_mode::voicemail:
    return "";
  }
  return "";
}

std::optional<size_t> take_step(const core::tenant_config& config, size_t from, core::call_facts& facts,
                                core::timestamp now) {
  for (size_t step = from; step < config.fallback_chain.size(); ++step) {
    const auto mode = config.fallback_chain[step];
    const auto reason = obstacle(config, mode);
    mark_step(facts, step, mode, reason.empty() ? "taken" : "skipped", reason, now);
    if (reason.empty())
      return step;
  }
  return std::nullopt;
}

std::optional<size_t> place_of(const core::tenant_config& config, core::routing_mode mode) {
  const auto& chain = config.fallback_chain;
  const auto at = std::find(chain.begin(), chain.end(), mode);
  return at == chain.end() ? std::nullopt : std::optional(static_cast<size_t>(at - chain.begin()));
}

void mark_step(core::call_facts& facts, size_t step, core::routing_mode mode, std::string_view result,
               std::string_view reason, core::timestamp now) {
  if (step < facts.steps.size())
    facts.steps[step] =
        core::route_step{std::string(name_of(mode)), std::string(result), std::string(reason), now}.encode();
}

} // namespace trunkline::routing

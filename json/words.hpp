#pragma once

#include "core/tenant_config.hpp"

#include <string_view>

namespace trunkline::json {

// The enums of a company's configuration as the API and the database write them.

constexpr std::string_view to_string(core::routing_mode mode) {
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

constexpr std::string_view to_string(core::agent_engine engine) {
  switch (engine) {
  case core::agent_engine::conversation_relay:
    return "conversation-relay";
  case core::agent_engine::vapi:
    return "vapi";
  case core::agent_engine::stream:
    return "stream";
  }
  return "stream";
}

constexpr std::string_view to_string(core::signature_mode mode) {
  return mode == core::signature_mode::shadow ? "shadow" : "enforce";
}

constexpr std::string_view to_string(core::unknown_outcome outcome) {
  return outcome == core::unknown_outcome::resend ? "resend" : "hold";
}

constexpr std::string_view to_string(core::credential_source source) {
  switch (source) {
  case core::credential_source::company:
    return "company";
  case core::credential_source::platform:
    return "platform";
  case core::credential_source::none:
    return "none";
  }
  return "none";
}

} // namespace trunkline::json

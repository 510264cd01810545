#pragma once

#include "config/log.hpp"
#include "core/clock.hpp"

namespace trunkline::log {

struct event {
  core::timestamp at;
  std::string_view level;
  std::string_view request; ///< empty for none
  std::string_view message;
};

/// {"time":"...","level":"info","request":"req_...","message":"..."}, at most max_line bytes, no line feed. Whatever
/// bytes the message holds, the line is valid JSON.
std::string json_line(const event& what);

/// "2026-11-20T17:24:05.123Z info  req_... message", control characters escaped, so that nobody forges a line or
/// drives a terminal.
std::string text_line(const event& what);

} // namespace trunkline::log

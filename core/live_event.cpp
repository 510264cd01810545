#include "core/live_event.hpp"

#include <array>
#include <utility>

namespace trunkline::core {

namespace {

constexpr std::array<std::pair<live_event_type, std::string_view>, 7> names = {{
    {live_event_type::new_message, "new_message"},
    {live_event_type::message_status, "message_status"},
    {live_event_type::channel_updated, "channel_updated"},
    {live_event_type::call_updated, "call_updated"},
    {live_event_type::campaign_progress, "campaign_progress"},
    {live_event_type::alert, "alert"},
    {live_event_type::resync, "resync"},
}};

} // namespace

std::string_view to_string(live_event_type type) {
  for (const auto& [known, name] : names)
    if (known == type)
      return name;
  return "resync";
}

std::optional<live_event_type> parse_live_event_type(std::string_view text) {
  for (const auto& [type, name] : names)
    if (name == text)
      return type;
  return std::nullopt;
}

} // namespace trunkline::core

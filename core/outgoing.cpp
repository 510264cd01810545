#include "core/outgoing.hpp"

#include <algorithm>

namespace trunkline::core {

namespace {

/// Twilio gives the time of a message in whole seconds, by its own clock.
constexpr int64_t clocks_apart_ms = 120'000;

timestamp next_look(const doubtful_message& message, const doubt_settings& settings, timestamp now) {
  const auto since = message.began_at.ms;
  for (const auto after : {settings.first_after_ms, settings.second_after_ms, send_within_ms + settings.lag_ms})
    if (now.ms < since + after)
      return {since + after};
  return {now.ms + std::max<int64_t>(1'000, settings.lag_ms / 6)};
}

} // namespace

std::string_view to_string(outbox_state state) {
  constexpr std::string_view names[] = {"queued", "sending", "unknown", "held"};
  return names[static_cast<size_t>(state)];
}

std::string lane_of(std::string_view communication_type, const phone_number& twilio_number) {
  return std::string(communication_type) + ':' + twilio_number.str();
}

lane_parts parts_of_lane(std::string_view lane) {
  const auto colon = lane.find(':');
  return {std::string(lane.substr(0, colon)), std::string(lane.substr(colon + 1))};
}

doubt_verdict judge_doubt(const doubtful_message& message, const std::optional<std::vector<sent_candidate>>& candidates,
                          bool resend_unclear, const doubt_settings& settings, timestamp now) {
  if (candidates) {
    const sent_candidate* oldest = nullptr; // several doubtful messages take theirs in order
    for (const auto& one : *candidates)
      if (one.created_at.ms + clocks_apart_ms >= message.began_at.ms &&
          (!oldest || one.created_at < oldest->created_at))
        oldest = &one;
    if (oldest)
      return {doubt_end::went_out, *oldest, {}};
    if (now.ms >= message.began_at.ms + send_within_ms + settings.lag_ms)
      return {doubt_end::never_went, {}, {}};
  } else if (now.ms >= message.unknown_since.ms + settings.give_up_ms) {
    return {resend_unclear ? doubt_end::never_went : doubt_end::held, {}, {}};
  }
  return {doubt_end::ask_again, {}, next_look(message, settings, now)};
}

} // namespace trunkline::core

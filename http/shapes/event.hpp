#pragma once

#include "actors/live_events.hpp"
#include "core/clock.hpp"

#include <string>

namespace trunkline::http::shapes {

/// A live event as server-sent events have it: "id: 1042\nevent: new_message\ndata: {...}\n\n", the data in the shape
/// that the API gives it everywhere.
std::string write_event(const actors::told_event& event, core::timestamp now);

} // namespace trunkline::http::shapes

#pragma once

#include "core/channel.hpp"

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// A Channel: the same wherever it appears (snake_case, API.md section 8). `now` says whether its window is open.
void write_channel(json::writer& out, const core::channel_record& channel, core::timestamp now);

} // namespace trunkline::http::shapes

#pragma once

#include "core/call.hpp"
#include "core/query.hpp"

#include <vector>

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// A call as the archive shows it. `events`: the webhooks that told of it, only for a single call.
void write_call(json::writer& out, const core::call_record& call,
                const std::vector<core::stored_event>* events = nullptr);

} // namespace trunkline::http::shapes

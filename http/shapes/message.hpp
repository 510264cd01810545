#pragma once

#include "core/message.hpp"

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// A Message: the same wherever it appears (snake_case, API.md section 8).
void write_message(json::writer& out, const core::message_record& message);

} // namespace trunkline::http::shapes

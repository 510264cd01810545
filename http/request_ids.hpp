#pragma once

#include "core/ids.hpp"

namespace trunkline::http {

/// "req_" + what is random per process + a counter: unique, and cheap enough for every webhook.
core::request_id next_request_id();

} // namespace trunkline::http

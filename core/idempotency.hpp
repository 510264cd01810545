#pragma once

#include "core/clock.hpp"

#include <optional>
#include <string>

namespace trunkline::core {

/// What is known when a request with an Idempotency-Key comes in.
struct idempotent_start {
  std::optional<std::string> answer; ///< what the first request was answered; none: carry it out
  timestamp first_at;                ///< when it was asked first, also if whoever did so died over it
};

} // namespace trunkline::core

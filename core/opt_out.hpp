#pragma once

#include "core/clock.hpp"
#include "core/phone_number.hpp"

#include <string>

namespace trunkline::core {

/// Somebody who is to be left alone by a company.
struct opt_out {
  phone_number number;
  std::string source;   ///< "keyword" | "twilio_21610" | "api"
  timestamp created_at; ///< when it was last said
};

} // namespace trunkline::core

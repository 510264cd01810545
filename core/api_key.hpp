#pragma once

#include "core/clock.hpp"
#include "core/principal.hpp"

#include <optional>
#include <string>

namespace trunkline::core {

/// A bearer key without the key itself, of which only a hash is kept.
struct api_key {
  std::string id; ///< "key_..."
  core::role role = core::role::company_viewer;
  tenant_id company; ///< empty for the platform's
  std::string label;
  timestamp created_at;
  std::optional<timestamp> last_used_at; ///< to the minute
};

/// Somebody who signs in to the console.
struct console_user {
  std::string name;
  core::role role = core::role::company_viewer;
  tenant_id company;
  timestamp created_at;
};

} // namespace trunkline::core

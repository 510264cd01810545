#pragma once

#include "core/clock.hpp"
#include "core/principal.hpp"

#include <optional>
#include <string>

namespace trunkline::core {

/// A change that somebody made [O4]. `before` and `after` are JSON objects of what differs; secrets are "(changed)".
struct audit_entry {
  std::string id; ///< "au_..."
  timestamp at;
  author by;
  std::string action; ///< "company.create", "twilio_config.update", ...
  tenant_id company;  ///< empty when it is about the platform
  std::string target; ///< id of what was changed
  std::string before = "{}", after = "{}";
};

struct audit_filter {
  tenant_id company; ///< empty for any
  std::optional<timestamp> after, before;
};

} // namespace trunkline::core

#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"

#include <optional>
#include <string>

namespace trunkline::core {

enum class tenant_state : uint8_t { active, quarantined };

/// A company: the row that everything of it hangs on.
struct tenant {
  tenant_id id;
  std::string name;              ///< 1..200 bytes of UTF-8, need not be unique
  std::string country = "US";    ///< ISO 3166 alpha-2, upper case
  std::string time_zone = "UTC"; ///< IANA name
  std::optional<std::string> menu_url;
  tenant_state state = tenant_state::active;
  timestamp created_at;
  timestamp updated_at;
  int64_t version = 1; ///< the ETag
};

} // namespace trunkline::core

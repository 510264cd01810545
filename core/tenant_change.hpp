#pragma once

#include <optional>
#include <string>

namespace trunkline::core {

/// What a PATCH of a company changes; no value: it stays.
struct tenant_change {
  std::optional<std::string> name, country, time_zone;
  std::optional<std::optional<std::string>> menu_url;

  bool empty() const { return !name && !country && !time_zone && !menu_url; }
};

} // namespace trunkline::core

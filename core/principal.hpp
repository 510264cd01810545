#pragma once

#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::core {

/// What somebody may do; each may what the ones before it may.
enum class role : uint8_t { company_viewer, company_admin, platform_admin };

constexpr std::string_view to_string(role r) {
  switch (r) {
  case role::company_viewer:
    return "company_viewer";
  case role::company_admin:
    return "company_admin";
  case role::platform_admin:
    return "platform_admin";
  }
  return "company_viewer";
}

constexpr std::optional<role> parse_role(std::string_view text) {
  for (auto r : {role::company_viewer, role::company_admin, role::platform_admin})
    if (to_string(r) == text)
      return r;
  return std::nullopt;
}

/// Who asks, once it has been proven.
struct principal {
  std::string kind; ///< "key", "jwt", "session"; "cli" and "node" for what nobody asked over HTTP
  std::string id;   ///< of the key, the JWT's subject, the user's name
  core::role role = core::role::company_viewer;
  tenant_id company; ///< empty for the platform's own
};

/// Who changes something, and in which request: what the audit log keeps.
struct author {
  principal who;
  request_id request;
};

} // namespace trunkline::core

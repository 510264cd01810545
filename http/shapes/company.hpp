#pragma once

#include "core/error.hpp"
#include "core/tenant_change.hpp"
#include "core/tenant_profile.hpp"

#include <string>
#include <string_view>

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// What POST /api/companies asks for, with the defaults of API.md section 2.
struct new_company {
  core::tenant tenant; ///< id and times are still empty
  bool assign_phone = false;
  bool force_twilio = false; ///< buy even if the pool has one
};
core::expected<new_company> read_new_company(std::string_view text);

/// What PATCH /api/companies/{companyId} asks for (RFC 7396: null is the default).
core::expected<core::tenant_change> read_company_change(std::string_view text);

struct company_view {
  bool platform_usable = false;
  bool quarantined = false;
  std::string_view no_number_because = "not_requested"; ///< of phoneAssignment
};

/// A company as every answer shows it.
void write_company(json::writer& out, const core::tenant_profile& profile, const company_view& view);

} // namespace trunkline::http::shapes

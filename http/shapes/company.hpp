#pragma once

#include "core/error.hpp"
#include "core/tenant_profile.hpp"

#include <string>
#include <string_view>

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// POST /api/companies: the company to be, with the defaults of API.md section 2; id and times are still empty.
core::expected<core::tenant> read_new_company(std::string_view body);

struct company_view {
  bool platform_usable = false;
  bool quarantined = false;
};

/// A company as every answer shows it.
void write_company(json::writer& out, const core::tenant_profile& profile, const company_view& view);

} // namespace trunkline::http::shapes

#pragma once

#include "core/error.hpp"
#include "core/tenant_profile.hpp"

#include <string_view>

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// What POST /api/companies/{companyId}/numbers asks for: a number of the company's account.
core::expected<core::company_number> read_new_number(std::string_view text, std::string_view country);

/// A company's number as API.md section 4 has it.
void write_number(json::writer& out, const core::tenant_id& company, const core::company_number& number);

} // namespace trunkline::http::shapes

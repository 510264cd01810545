#pragma once

#include "core/error.hpp"
#include "core/opt_out.hpp"

#include <string_view>

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// {"phoneNumber","source","createdAt"}
void write_opt_out(json::writer& out, const core::opt_out& entry);

/// {"phoneNumber"}, in any usual notation of the country.
core::expected<core::phone_number> read_opt_out(std::string_view text, std::string_view country);

} // namespace trunkline::http::shapes

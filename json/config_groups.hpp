#pragma once

#include "core/tenant_config.hpp"
#include "json/reader.hpp"

namespace trunkline::json {

/// What to do about members that nobody knows: the API refuses them, the database may hold a newer version's.
enum class unknown_fields : uint8_t { refuse, pass_over };

// The objects and arrays of a configuration. They are replaced whole: what is missing or null in them has its default.
// Nothing is returned when the value is not of the right type; other problems are noted beside the value.

std::optional<core::voicemail_settings> read_voicemail(const field& in, unknown_fields unknown);
std::optional<core::agent_settings> read_agent(const field& in, unknown_fields unknown);
std::optional<core::rate_limit_settings> read_rate_limit(const field& in, unknown_fields unknown);
std::optional<core::quiet_hours> read_quiet_hours(const field& in, unknown_fields unknown);
std::optional<std::vector<std::string>> read_countries(const field& in);
std::optional<std::vector<core::company_number>> read_numbers(const field& in, std::string_view country);

std::optional<core::routing_mode> read_mode(const field& in);
/// 1..3 different modes.
std::optional<std::vector<core::routing_mode>> read_chain(const field& in);

} // namespace trunkline::json

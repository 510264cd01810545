#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::health {

/// Worse ones later. Nobody is worse off for something he has not configured.
enum class status : uint8_t { not_configured, healthy, degraded, down };

/// The names of the API: "HEALTHY".
std::string_view to_string(status s);

/// "critical" of the API.
constexpr bool is_critical(status s) { return s == status::down; }

enum class dependency_kind : uint8_t { database, twilio, vapi, peer };
std::string_view to_string(dependency_kind kind);

/// Something that Trunkline or one of its companies can not do without, as it was found.
struct dependency {
  dependency_kind kind = dependency_kind::database;
  core::tenant_id company; ///< empty for the platform's own
  health::status status = status::not_configured;
  std::optional<int64_t> latency_ms;
  std::string message;
  std::optional<core::timestamp> checked_at;
  std::string credential_source; ///< Twilio: "global", "company:NAME"; empty for none
  std::string account_status;    ///< Twilio: as it says; empty if it did not
  std::string place;             ///< the database's dialect, the peer's node
};

/// The entry for a company, or for everybody, without credentials anywhere.
dependency twilio_not_configured(const core::tenant_id& company);
dependency vapi_not_configured();

/// What whoever looks should do: "None", "Monitor", "Fix credentials or Twilio account", "Configure if needed".
std::string_view action(const dependency& one);

} // namespace trunkline::health

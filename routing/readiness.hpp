#pragma once

#include "core/tenant_profile.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::routing {

enum class check_status : uint8_t { ok, warning, failed, unknown };

/// "ok", "warning", "failed", "unknown"
std::string_view to_string(check_status status);

/// One line of a company's checklist [P5, C17], as the API shows it. `fix` and `fix_page` are empty when there is
/// nothing to fix.
struct readiness_check {
  std::string_view code;
  check_status status = check_status::unknown;
  std::string_view title, detail;
  std::string fix, fix_page;
};

/// What a company's own profile does not tell: Twilio, other companies or the past have to be asked. Unset: nobody has.
struct readiness_evidence {
  std::optional<bool> credentials_accepted, account_active, account_paid, account_not_shared;
  std::optional<bool> number_in_account, number_unique, webhook_voice, webhook_sms;
  std::optional<bool> healthy, test_call, test_message;
};

/// Every check, always in the same order.
std::vector<readiness_check> readiness(const core::tenant_profile& profile, bool platform_usable,
                                       const readiness_evidence& evidence = {});

/// No check has failed; a warning or an unknown does not stand in the way.
bool is_ready(std::span<const readiness_check> checks);

/// How many checks are a warning or have failed: "warnings" in the list of companies.
size_t count_not_ok(std::span<const readiness_check> checks);

} // namespace trunkline::routing

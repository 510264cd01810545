#pragma once

#include "core/alert.hpp"
#include "persistence/statement.hpp"

#include <string>
#include <string_view>

namespace trunkline::persistence {

/// The columns of table alert, in the order of every statement about it.
inline constexpr std::string_view alert_columns =
    "id, code, company_id, dependency, severity, state, title, detail, fix, occurrences, opened_at, last_seen_at, "
    "acknowledged_at, acknowledged_by, resolved_at";

/// A row of table alert.
struct alert_row {
  std::string id, code;
  nullable_text company;
  std::string dependency, severity, state, title, detail, fix;
  long long occurrences = 0, opened_at = 0, last_seen_at = 0;
  nullable_int acknowledged_at;
  std::string acknowledged_by;
  nullable_int resolved_at;

  auto columns() {
    return std::tie(id, code, company, dependency, severity, state, title, detail, fix, occurrences, opened_at,
                    last_seen_at, acknowledged_at, acknowledged_by, resolved_at);
  }

  core::alert alert() const {
    core::alert out;
    out.id.value = id;
    out.key = {core::parse_alert_code(code).value_or(core::alert_code{}), core::tenant_id(company.get().value_or("")),
               dependency};
    out.severity = core::parse_alert_severity(severity).value_or(core::alert_severity::critical);
    out.state = core::parse_alert_state(state).value_or(core::alert_state::open);
    out.title = title, out.detail = detail, out.fix = fix;
    out.occurrences = occurrences;
    out.opened_at.ms = opened_at, out.last_seen_at.ms = last_seen_at;
    out.acknowledged_at = time_of(acknowledged_at);
    out.acknowledged_by = acknowledged_by;
    out.resolved_at = time_of(resolved_at);
    return out;
  }
};

} // namespace trunkline::persistence

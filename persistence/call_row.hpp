#pragma once

#include "core/call.hpp"
#include "persistence/statement.hpp"

#include <string>

namespace trunkline::persistence {

/// The columns of table call, in the order of every statement about it.
extern const std::string call_columns;

/// The same call always has the same id, on every node and without asking.
core::call_id call_id_of(const core::tenant_id& tenant, const std::string& call_sid);

/// A row of table call.
struct call_row {
  std::string company, id, call_sid, direction, from, to, status;
  long long status_rank = -1;
  nullable_int started_at, answered_at, ended_at, duration_seconds;
  std::string route_configured, step_1, step_2, step_3, recording, transcription;

  call_row() = default;
  call_row(const core::tenant_id& tenant, const core::call_facts& facts);
  core::call_record record() const;

  auto columns() {
    return std::tie(company, id, call_sid, direction, from, to, status, status_rank, started_at, answered_at, ended_at,
                    duration_seconds, route_configured, step_1, step_2, step_3, recording, transcription);
  }
};

} // namespace trunkline::persistence

#pragma once

#include "core/tenant_profile.hpp"

namespace trunkline::actors {

/// What a company is taken for while nobody can say what it is, because the database is away: enough for the safe
/// chain, with the default greeting. To be used for one answer and never kept. Twilio does not repeat a voice webhook,
/// so the alternative is a lost call.
core::tenant_profile profile_in_an_outage(const core::tenant_id& tenant);

} // namespace trunkline::actors

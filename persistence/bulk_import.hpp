#pragma once

#include "core/error.hpp"
#include "core/tenant_profile.hpp"

#include <vector>

namespace trunkline::persistence {

class database;
class vault;

/// Stores companies with their whole configuration in one transaction; ids, hook tokens and times are the caller's. For
/// seeding: nothing is checked but what the schema checks. ec::phone_number_taken.
core::expected<void> import_companies(database& db, const vault& keys,
                                      const std::vector<core::tenant_profile>& companies);

} // namespace trunkline::persistence

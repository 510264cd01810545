#pragma once

#include "core/tenant.hpp"
#include "core/tenant_config.hpp"

namespace trunkline::core {

/// All that is needed to act for a company: a snapshot that can be read by anybody and is replaced as a whole.
struct tenant_profile {
  core::tenant tenant;
  tenant_config config;
};

} // namespace trunkline::core

#pragma once

#include "json/config_change.hpp"

namespace trunkline::json {

/// Takes over everything but credentials and numbers, without asking whether it makes sense together.
void merge_settings(core::tenant_config& out, config_change change);

} // namespace trunkline::json

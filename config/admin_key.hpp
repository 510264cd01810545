#pragma once

#include "config/settings.hpp"
#include "core/error.hpp"

namespace trunkline::config {

/// The platform administrator's API key: `admin_key` of the settings, else the one in data_dir/admin.key, which is made
/// (48 hexadecimal digits, mode 0600) when there is none. ec::invalid_configuration says what to do about a file that
/// can not be used.
core::expected<core::secret> admin_key(const settings& s);

/// Where the key is kept when the settings have none.
std::string admin_key_file(const settings& s);

} // namespace trunkline::config

#pragma once

#include "core/error.hpp"
#include "core/secret.hpp"

#include <map>
#include <optional>
#include <string>

namespace trunkline::persistence {

/// Master keys by version.
using master_key_map = std::map<int, core::secret>;

constexpr int last_key_version = 9999;

/// One key a line or between commas, "2:KEY"; without a number it is version 1. A key is 32 bytes in hex or base64;
/// blanks do not count. Errors never repeat the text.
core::expected<master_key_map> parse_master_keys(const core::secret& text);

/// The keys in the file; none if there is no file. A file that others may read is refused.
core::expected<std::optional<master_key_map>> read_key_file(const std::string& path);

/// A new file, mode 0600, on disk when this returns. An existing one is never overwritten.
core::expected<void> write_key_file(const std::string& path, const master_key_map& keys);

/// Puts another file in the place of this one; after a crash there is either the old one or the new one.
core::expected<void> replace_key_file(const std::string& path, const master_key_map& keys);

} // namespace trunkline::persistence

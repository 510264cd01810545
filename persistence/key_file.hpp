#pragma once

#include "core/error.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>

namespace trunkline::persistence {

/// 32 bytes out of hex or base64 (spaces and line ends around it do not count). Errors never repeat the text.
core::expected<core::secret> parse_master_key(const core::secret& text);

/// The key in the file; none if there is no file. A file that others may read is refused.
core::expected<std::optional<core::secret>> read_key_file(const std::string& path);

/// A new file, mode 0600, on disk when this returns. An existing one is never overwritten.
core::expected<void> write_key_file(const std::string& path, const core::secret& key);

} // namespace trunkline::persistence

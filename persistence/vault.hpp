#pragma once

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/secret.hpp"

#include <string>

namespace trunkline::persistence {

class database;

/// Encryption at rest [C12]: libsodium XChaCha20-Poly1305. Every company has a data key, sealed by the master key; its
/// secrets are sealed by the data key with (company, column, key version) as associated data, so that a blob that is
/// moved to another row or column no longer opens.
class vault {
public:
  /// Reads the master key (32 bytes, hex or base64 in a file of mode 0600). No file: a key is made, but only for a
  /// database without a key-check value; a key that does not match the check value is refused. Every refusal says what
  /// to do. `path` empty: no file, `inline_key` holds the key.
  static core::expected<vault> open(database& db, const std::string& path, const core::secret& inline_key = {});

  /// A vault on a key of its own, for tests.
  static vault for_tests();

  std::string new_data_key(const core::tenant_id& tenant) const; ///< sealed
  core::expected<std::string> seal(const std::string& data_key, const core::tenant_id& tenant, std::string_view column,
                                   const core::secret& value) const; ///< "" stays ""
  core::expected<core::secret> unseal(const std::string& data_key, const core::tenant_id& tenant,
                                      std::string_view column, const std::string& sealed) const;

  /// What belongs to no company.
  core::expected<std::string> seal_platform(std::string_view column, const core::secret& value) const;
  core::expected<core::secret> unseal_platform(std::string_view column, const std::string& sealed) const;

private:
  explicit vault(core::secret master_key) : master_key_(std::move(master_key)) {}
  core::secret master_key_;
};

} // namespace trunkline::persistence

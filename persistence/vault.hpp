#pragma once

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/secret.hpp"

#include <memory>
#include <string>

namespace trunkline::persistence {

class database;
class master_keys;

/// Encryption at rest [C12]: libsodium XChaCha20-Poly1305. Every company has a data key, sealed by a master key; its
/// secrets are sealed by the data key with (company, column, key version) as associated data, so that a blob that is
/// moved to another row or column no longer opens. What belongs to no company is sealed by a data key of tenant_id().
///
/// A sealed text is "N:" and base64 of nonce and ciphertext. A data key's N is the version of the master key that
/// sealed it, and a secret's N is that of its data key. A copy of a vault has the same keys.
class vault {
public:
  /// `inline_keys`, or if that is empty the file at `path`, holds the master keys (key_file.hpp); the database says
  /// which versions it needs. No file: a key is made, but only for a database without a key-check value; one that does
  /// not match its check value is refused. Every refusal says what to do.
  static core::expected<vault> open(database& db, const std::string& path, const core::secret& inline_keys = {});

  /// A vault on a key of its own, for tests.
  static vault for_tests();

  /// Sealed with this version of the master key; to be stored, make_data_key() of key_checks.hpp knows which it must
  /// be.
  core::expected<std::string> new_data_key(const core::tenant_id& tenant, int version) const;
  core::expected<std::string> seal(const std::string& data_key, const core::tenant_id& tenant, std::string_view column,
                                   const core::secret& value) const; ///< "" stays ""
  core::expected<core::secret> unseal(const std::string& data_key, const core::tenant_id& tenant,
                                      std::string_view column, const std::string& sealed) const;

  /// What is stored beside the version of a master key to recognise it by.
  core::expected<std::string> check_value(int version) const;
  core::expected<bool> matches(int version, const std::string& check_value) const;

  master_keys& keys() const { return *keys_; }

private:
  explicit vault(std::shared_ptr<master_keys> keys) : keys_(std::move(keys)) {}
  core::expected<core::secret> master_key(int version) const;
  core::expected<core::secret> open_data_key(const std::string& data_key, const core::tenant_id& tenant) const;

  std::shared_ptr<master_keys> keys_;
};

/// The N of a sealed text; 0 if it is none.
int version_of(std::string_view sealed);

} // namespace trunkline::persistence

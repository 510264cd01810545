#pragma once

#include "core/api_key.hpp"
#include "core/audit.hpp"
#include "core/idempotency.hpp"
#include "core/query.hpp"
#include "core/secret.hpp"

#include <memory>
#include <optional>
#include <string>

namespace trunkline::persistence {

class database;
class session;
class vault;

/// Who may do what. Keys, sessions and passwords are given as hashes; no plain one comes here.
class access_store {
public:
  virtual ~access_store() = default;

  /// ec::company_not_found for a key of a company that does not exist.
  virtual core::expected<void> create_key(const core::api_key& key, const std::string& hash,
                                          const core::author& by) = 0;
  /// ec::unauthenticated.
  virtual core::expected<core::api_key> find_key(const std::string& hash) = 0;
  virtual core::expected<core::page<core::api_key>> list_keys(const core::page_request& page) = 0;
  /// ec::not_found.
  virtual core::expected<void> delete_key(const std::string& id, core::timestamp now, const core::author& by) = 0;
  virtual core::expected<void> key_used(const std::string& id, core::timestamp at) = 0;

  struct user_with_password {
    core::console_user user;
    std::string password_hash;
  };
  /// A user of that name is replaced, and everybody signed in under it is signed out.
  virtual core::expected<void> put_user(const core::console_user& user, const std::string& password_hash,
                                        const core::author& by) = 0;
  /// ec::unauthenticated.
  virtual core::expected<user_with_password> find_user(const std::string& name) = 0;
  virtual core::expected<core::page<core::console_user>> list_users(const core::page_request& page) = 0;
  virtual core::expected<void> delete_user(const std::string& name, core::timestamp now, const core::author& by) = 0;

  /// Also forgets the sessions that have expired.
  virtual core::expected<void> create_session(const std::string& token_hash, const std::string& user,
                                              core::timestamp now, core::timestamp expires) = 0;
  /// Whose it is; ec::unauthenticated when there is none or it has expired.
  virtual core::expected<core::console_user> find_session(const std::string& token_hash, core::timestamp now) = 0;
  virtual core::expected<void> delete_session(const std::string& token_hash) = 0;
};

class audit_store {
public:
  virtual ~audit_store() = default;
  virtual core::expected<core::page<core::audit_entry>> list(const core::audit_filter& filter,
                                                             const core::page_request& page) = 0;
};

/// What became of the first request with an Idempotency-Key.
class idempotency_store {
public:
  virtual ~idempotency_store() = default;

  ///   ec::idempotency_key_reused   the first one had another body
  ///   ec::idempotency_in_progress  it is still running; what began before `abandoned` is taken over
  virtual core::expected<core::idempotent_start> begin(const std::string& scope, const std::string& key,
                                                       const std::string& body_hash, core::timestamp now,
                                                       core::timestamp abandoned, core::timestamp forget) = 0;
  virtual core::expected<void> finish(const std::string& scope, const std::string& key, const std::string& answer) = 0;
  /// As if it had never been asked.
  virtual core::expected<void> forget(const std::string& scope, const std::string& key) = 0;
};

std::unique_ptr<access_store> make_access_store(std::shared_ptr<session> connection);
std::unique_ptr<audit_store> make_audit_store(std::shared_ptr<session> connection);
std::unique_ptr<idempotency_store> make_idempotency_store(std::shared_ptr<session> connection, const vault& keys);

} // namespace trunkline::persistence

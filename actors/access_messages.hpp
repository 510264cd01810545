#pragma once

#include "actors/local_message.hpp"
#include "actors/reply.hpp"
#include "core/api_key.hpp"
#include "core/audit.hpp"
#include "core/idempotency.hpp"
#include "core/key_rotation.hpp"
#include "core/query.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>

namespace trunkline::actors {

// Questions to a STORE worker about who may do what. Keys and session tokens come as their hashes.

struct create_key {
  core::api_key key;
  std::string hash;
  core::author by;
  reply<void> answer;
};

struct find_key {
  std::string hash;
  reply<core::api_key> answer;
};

struct list_keys {
  core::page_request page;
  reply<core::page<core::api_key>> answer;
};

struct delete_key {
  std::string id;
  core::author by;
  reply<void> answer;
};

struct note_key_used {
  std::string id;
  core::timestamp at;
  reply<void> answer;
};

struct put_user {
  core::console_user user;
  core::secret password;
  core::author by;
  reply<void> answer;
};

struct list_users {
  core::page_request page;
  reply<core::page<core::console_user>> answer;
};

struct delete_user {
  std::string name;
  core::author by;
  reply<void> answer;
};

struct sign_in {
  std::string name;
  core::secret password;
  std::string token_hash; ///< of the session that begins
  core::timestamp expires;
  reply<core::console_user> answer;
};

struct find_session {
  std::string token_hash;
  reply<core::console_user> answer;
};

struct sign_out {
  std::string token_hash;
  reply<void> answer;
};

struct list_audit {
  core::audit_filter filter;
  core::page_request page;
  reply<core::page<core::audit_entry>> answer;
};

struct rotate_master_key {
  core::author by;
  reply<core::key_rotation> answer;
};

/// INTERNAL: the next part.
struct rotate_further {
  core::key_rotation state;
  reply<core::key_rotation> answer;
};

struct begin_idempotent {
  std::string scope, key, body_hash;
  reply<core::idempotent_start> answer;
};

struct finish_idempotent {
  std::string scope, key, kept; ///< empty: as if it had never been asked
  reply<void> answer;
};

} // namespace trunkline::actors

TRUNKLINE_LOCAL_MESSAGE(create_key)
TRUNKLINE_LOCAL_MESSAGE(find_key)
TRUNKLINE_LOCAL_MESSAGE(list_keys)
TRUNKLINE_LOCAL_MESSAGE(delete_key)
TRUNKLINE_LOCAL_MESSAGE(note_key_used)
TRUNKLINE_LOCAL_MESSAGE(put_user)
TRUNKLINE_LOCAL_MESSAGE(list_users)
TRUNKLINE_LOCAL_MESSAGE(delete_user)
TRUNKLINE_LOCAL_MESSAGE(sign_in)
TRUNKLINE_LOCAL_MESSAGE(find_session)
TRUNKLINE_LOCAL_MESSAGE(sign_out)
TRUNKLINE_LOCAL_MESSAGE(list_audit)
TRUNKLINE_LOCAL_MESSAGE(rotate_master_key)
TRUNKLINE_LOCAL_MESSAGE(rotate_further)
TRUNKLINE_LOCAL_MESSAGE(begin_idempotent)
TRUNKLINE_LOCAL_MESSAGE(finish_idempotent)

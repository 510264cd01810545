#pragma once

#include "core/call.hpp"
#include "core/message.hpp"
#include "core/query.hpp"
#include "core/tenant_change.hpp"
#include "core/tenant_facts.hpp"
#include "core/tenant_profile.hpp"
#include "core/webhook_event.hpp"
#include "persistence/access_store.hpp"
#include "persistence/alert_store.hpp"
#include "persistence/channel_store.hpp"
#include "persistence/key_rotation.hpp"
#include "persistence/opt_out_store.hpp"
#include "persistence/outbox_store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace trunkline::persistence {

class database;
class vault;

// What the stores promise. Every call may block up to the statement deadline and is made from a STORE or INBOX worker's
// own thread. Every failure of the database is ec::database_unavailable; no exception leaves.

/// What the front end must know of a company to verify and forward its webhooks.
struct tenant_door {
  core::tenant_id tenant;
  std::string account_sid; ///< empty: the platform's
  core::secret auth_token, next_auth_token;
  core::signature_mode signatures = core::signature_mode::enforce;
  bool quarantined = false;
  core::hook_token hook;
  std::optional<core::phone_number> legacy_number, whatsapp_number;
  std::vector<core::company_number> numbers;
};

class tenant_store {
public:
  virtual ~tenant_store() = default;

  /// Stores a new company with the default configuration and a hook token; id and times are the caller's. A company
  /// that has this id already is returned as it is: somebody repeats what he could not hear the answer of.
  virtual core::expected<core::tenant_profile> create(const core::tenant& tenant, const core::author& by) = 0;
  /// ec::company_not_found.
  virtual core::expected<core::tenant_profile> find(const core::tenant_id& id) = 0;
  /// `platform_usable` decides what credentialSource a company without its own credentials has.
  virtual core::expected<core::page<core::tenant_profile>> list(const core::tenant_filter& filter, bool platform_usable,
                                                                const core::page_request& page) = 0;
  /// Replaces the whole configuration (numbers, credentials and all) in one transaction. `if_version`: the caller's
  /// If-Match, ec::etag_mismatch when it is not the stored one. ec::phone_number_taken when another company has one of
  /// the numbers (list or legacy). New numbers get hook tokens, kept ones keep theirs. Returns it as stored.
  virtual core::expected<core::tenant_config> put_config(const core::tenant_id& id, std::optional<int64_t> if_version,
                                                         const core::tenant_config& config, core::timestamp now,
                                                         const core::author& by) = 0;
  /// Whether another company has one of the numbers now: ec::phone_number_taken as of put_config().
  virtual core::expected<void> check_numbers(const core::tenant_id& id, const core::tenant_config& config) = 0;
  /// `if_version`: of the company itself, not of its configuration.
  virtual core::expected<core::tenant_profile> change(const core::tenant_id& id, std::optional<int64_t> if_version,
                                                      const core::tenant_change& change, core::timestamp now,
                                                      const core::author& by) = 0;
  virtual core::expected<void> set_state(const core::tenant_id& id, core::tenant_state state, core::timestamp now,
                                         const core::author& by) = 0;
  /// ec::company_has_numbers names them. Its calls and messages go with purge().
  virtual core::expected<void> remove(const core::tenant_id& id, core::timestamp now, const core::author& by) = 0;
  /// Deletes a part of what removed companies left; true if there is more.
  virtual core::expected<bool> purge(size_t rows) = 0;
  /// All companies, in one pass; 100,000 of them with 150,000 numbers must take well under 3 s.
  virtual core::expected<void> for_each_door(const std::function<void(tenant_door)>& visit) = 0;
};

/// What is known about companies besides their configuration.
class tenant_facts_store {
public:
  virtual ~tenant_facts_store() = default;
  virtual core::expected<core::tenant_facts> find(const core::tenant_id& id) = 0;
  /// Nothing happens if the company is gone.
  virtual core::expected<void> put_account_check(const core::tenant_id& id, const core::account_check& check) = 0;
  /// Numbers that more than one company has, by number downwards; of the page's place only the id counts.
  virtual core::expected<core::page<core::number_conflict>> conflicts(const core::page_request& page) = 0;
  /// One result for each span of time [first, second), in their order; `day` is left empty.
  virtual core::expected<std::vector<core::usage_day>>
  usage(const core::tenant_id& id, const std::vector<std::pair<core::timestamp, core::timestamp>>& days) = 0;
};

/// How one event of a batch ended.
struct inbox_outcome {
  bool duplicate = false;
  core::webhook_answer answer; ///< the first answer, whoever gave it
  /// Set if this event, and only this one, can not be stored: a repetition will fail as well.
  std::optional<core::error> refused;
};

class inbox_store {
public:
  virtual ~inbox_store() = default;

  /// One transaction for all: the events, the archive rows, the opt-outs, the answers. An event whose key is already
  /// there (earlier, or earlier in this batch) changes nothing and gets the stored answer. Outcomes in the order given.
  /// If this fails, nothing can be assumed about the batch: retrying is safe.
  virtual core::expected<std::vector<inbox_outcome>> record(const std::vector<const core::webhook_event*>& batch) = 0;
};

class call_store {
public:
  virtual ~call_store() = default;
  virtual core::expected<core::page<core::call_record>> list(const core::call_filter& filter,
                                                             const core::page_request& page) = 0;
  /// ec::not_found.
  virtual core::expected<std::pair<core::call_record, std::vector<core::stored_event>>>
  find(const core::tenant_id& tenant, const core::call_id& id) = 0;
};

class message_store {
public:
  virtual ~message_store() = default;
  virtual core::expected<core::page<core::message_record>> list(const core::message_filter& filter,
                                                                const core::page_request& page) = 0;
  virtual core::expected<core::message_record> find(const core::message_id& id) = 0;
};

/// Everything a STORE worker does, on one session of its own.
struct store_set {
  std::unique_ptr<tenant_store> tenants;
  std::unique_ptr<call_store> calls;
  std::unique_ptr<message_store> messages;
  std::unique_ptr<channel_store> channels;
  std::unique_ptr<opt_out_store> opt_outs;
  std::unique_ptr<tenant_facts_store> facts;
  std::unique_ptr<access_store> access;
  std::unique_ptr<audit_store> audit;
  std::unique_ptr<idempotency_store> idempotency;
  std::unique_ptr<alert_store> alerts;
  std::unique_ptr<key_rotation_store> rotation;
  std::unique_ptr<outbox_store> outbox;
  /// One round trip; how long it took is the database's latency.
  std::function<core::expected<void>()> ping;
};

store_set make_stores(database& db, const vault& keys);
std::unique_ptr<inbox_store> make_inbox_store(database& db);

} // namespace trunkline::persistence

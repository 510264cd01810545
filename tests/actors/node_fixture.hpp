#pragma once

#include "actors/inbox.hpp"
#include "actors/local_gateway.hpp"
#include "actors/shards.hpp"
#include "actors/store.hpp"
#include "tests/actors/alerts_in_memory.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace trunkline::tests {

/// An INBOX's database in memory: remembers what was stored, can fail.
struct inbox_in_memory final : persistence::inbox_store {
  core::expected<std::vector<persistence::inbox_outcome>>
  record(const std::vector<const core::webhook_event*>& batch) override;

  std::vector<size_t> batches;
  std::map<std::string, core::webhook_event> rows; ///< by sid
  std::set<std::string> refuses;                   ///< sids that are data errors
  bool away = false;
};

/// Companies in memory.
struct companies_in_memory final : persistence::tenant_store {
  core::expected<core::tenant_profile> create(const core::tenant& tenant, const core::author& by) override;
  core::expected<core::tenant_profile> find(const core::tenant_id& id) override;
  core::expected<core::page<core::tenant_profile>> list(const core::tenant_filter&, bool,
                                                        const core::page_request&) override;
  core::expected<core::tenant_config> put_config(const core::tenant_id& id, std::optional<int64_t> if_version,
                                                 const core::tenant_config& config, core::timestamp now,
                                                 const core::author& by) override;
  core::expected<void> check_numbers(const core::tenant_id&, const core::tenant_config&) override { return {}; }
  core::expected<core::tenant_profile> change(const core::tenant_id& id, std::optional<int64_t> if_version,
                                              const core::tenant_change& change, core::timestamp now,
                                              const core::author& by) override;
  core::expected<void> set_state(const core::tenant_id& id, core::tenant_state state, core::timestamp now,
                                 const core::author& by) override;
  core::expected<void> remove(const core::tenant_id& id, core::timestamp now, const core::author& by) override;
  core::expected<bool> purge(size_t) override { return false; }
  core::expected<void> for_each_door(const std::function<void(persistence::tenant_door)>& visit) override;

  std::map<core::tenant_id, core::tenant_profile> rows;
  int reads = 0;
  bool away = false;
  std::function<void()> at_read = [] {};
  bool dies_at_commit = false; ///< the next configuration is stored, but its storer hears that the database is away
};

/// What Twilio said of companies' accounts, in memory.
struct facts_in_memory final : persistence::tenant_facts_store {
  core::expected<core::tenant_facts> find(const core::tenant_id&) override { return core::tenant_facts(); }
  core::expected<void> put_account_check(const core::tenant_id& id, const core::account_check& check) override {
    accounts.insert_or_assign(id, check);
    return {};
  }
  core::expected<core::page<core::number_conflict>> conflicts(const core::page_request&) override { return {}; }
  core::expected<std::vector<core::usage_day>>
  usage(const core::tenant_id&, const std::vector<std::pair<core::timestamp, core::timestamp>>&) override {
    return {};
  }

  std::map<core::tenant_id, core::account_check> accounts;
};

struct node_options {
  core::tenant_id failing = {}; ///< this company's handler throws always
  size_t store_workers = 1;
  size_t max_active_tenants = 100'000;
  actors::placement* elsewhere = nullptr; ///< of a node that shares the companies with others
};

/// A TWILIO that keeps what it is asked.
struct silent_twilio {
  std::vector<actors::fetch_account> accounts;
  std::vector<actors::find_account_number> numbers;
  std::vector<actors::fetch_recording> recordings;
  std::vector<actors::send_message> orders;
  std::vector<actors::list_sent_messages> lists;
};

/// A whole node with a hand-driven scheduler and clock: nothing runs before settle().
struct node_fixture {
  explicit node_fixture(node_options options = {});
  ~node_fixture();

  core::tenant_id add_company(const std::string& name);
  /// A call for the company, not yet handled; its answer appears in `answers` under the CallSid.
  void call(const core::tenant_id& company, const std::string& sid);
  void settle() { scheduler().run(); }
  /// Settles with whoever got something to do last being the first to do it.
  void settle_last_first();
  /// The patience of everybody who waits for an answer ends now.
  void give_up() { deadlines.sweep(std::chrono::steady_clock::now() + patience); }
  void pass(std::chrono::milliseconds time); ///< on both clocks, then settles
  std::string state_of(const core::tenant_id& company);
  caf::scheduler::test_coordinator& scheduler();

  struct test_config : caf::actor_system_config {
    test_config();
  };

  static constexpr std::chrono::hours patience{1};

  core::manual_clock clock{{1'700'000'000'000}};
  std::shared_ptr<inbox_in_memory> inbox_rows = std::make_shared<inbox_in_memory>();
  companies_in_memory* companies = nullptr; // owned by the store set
  alerts_in_memory* alerts = nullptr;       // likewise
  facts_in_memory* facts = nullptr;         // likewise
  actors::tenant_registry tenants;
  actors::number_directory numbers{std::nullopt};
  actors::deadline_sweep deadlines{patience};
  test_config config;
  caf::actor_system system{config};
  silent_twilio twilio;
  std::shared_ptr<const actors::services> services;
  actors::shards_actor shards;
  std::unique_ptr<actors::local_gateway> gateway;
  std::map<std::string, std::string> answers; ///< TwiML, or the error's code
};

} // namespace trunkline::tests

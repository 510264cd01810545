#pragma once

#include "actors/account_checks.hpp"
#include "actors/alert_courier.hpp"
#include "actors/alert_desk.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::actors {

/// What it works with; the number directory outlives it.
struct health_monitor_parts {
  std::shared_ptr<const services> node;
  const number_directory& numbers;
  std::optional<core::platform_account> platform; ///< also where companies may not use it
  std::string dialect;                            ///< of the database
  std::chrono::milliseconds interval{60'000};     ///< of the platform's own dependencies
  health::pace companies;
  std::optional<alert_receiver> receiver;
  std::shared_ptr<vitals> pulse;
};

/// HEALTH_MONITOR promises: whoever asks hears how everything was when it was last checked; a company whose account
/// fails is known within its interval; what needs a person is one alert as long as it lasts. It never blocks, and what
/// it costs is bounded by its budget, however many companies there are.
struct health_monitor_state {
  static inline constexpr auto name = "health_monitor";
  static constexpr int64_t look_every_ms = 100, run_ms = 14'000;
  static constexpr size_t most_in_a_run = 200, most_runs = 64;

  /// Somebody wants it checked now. Whoever wants the same meanwhile gets the same answer.
  struct health_run {
    core::tenant_id scope; ///< empty: everything
    core::timestamp answer_by;
    std::deque<core::tenant_id> to_begin;
    std::set<core::tenant_id> under_way; ///< empty id: the platform's account
    std::vector<reply<health::report>> askers;
  };

  // -- what it does
  void begin(const health_monitor_parts& p);
  void look();
  void read(const read_health& question);
  void run(const run_health& question);
  void company_is_changed(const core::tenant_id& company) const;

  void begin_round();
  void check_database();
  void database_answered(const core::expected<int64_t>& round_trip, core::timestamp asked_at);
  health_run begin_run(const core::tenant_id& scope);
  void settle_runs();
  reply<health::report> of_companies(const reply<health::report>& asker);
  health::report report_of(const core::tenant_id& company, bool companies_only = false) const;
  bool is_gone(const core::alert_key& key) const;
  void raise_missing();

  // -- what it remembers
  health_monitor_actor::pointer self = nullptr;
  std::optional<health_monitor_parts> parts;
  on_self post;
  std::unique_ptr<alert_desk> desk;
  std::unique_ptr<alert_courier> courier;
  std::unique_ptr<account_checks> accounts;
  std::optional<std::pair<health::verdict, core::timestamp>> database;
  bool database_asked = false;
  core::timestamp next_round;
  std::list<health_run> runs;
};

health_monitor_actor::behavior_type health_monitor(health_monitor_actor::stateful_pointer<health_monitor_state> self,
                                                   const health_monitor_parts& parts);

} // namespace trunkline::actors

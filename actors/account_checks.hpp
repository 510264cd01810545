#pragma once

#include "actors/alert_desk.hpp"
#include "actors/number_directory.hpp"
#include "health/judge.hpp"
#include "health/outage_watch.hpp"
#include "health/planner.hpp"
#include "health/report.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trunkline::actors {

/// What HEALTH_MONITOR knows of Twilio: of the platform's account and of every company's own. Credentials are read when
/// they are needed and forgotten; companies that share an account are asked about once.
class account_checks {
public:
  struct parts {
    std::shared_ptr<const services> node;
    const number_directory& numbers;
    std::optional<core::platform_account> platform;
    health::pace pace;
    on_self post;
    alert_desk& desk;
    /// A check has ended, one way or another; without a company: the platform's.
    std::function<void(const core::tenant_id&)> ended;
  };

  explicit account_checks(parts p) : parts_(std::move(p)), plan_(parts_.pace) {}

  /// Who there is, as the directory says now; the platform's account and, in an outage, somebody who may be back.
  void begin_round();
  void changed(const core::tenant_id& company);
  /// Begins what is due, gives up what takes too long, decides about outages.
  void look();

  /// True if a check is under way now, of which `ended` will tell; false if there is nothing to check.
  bool check(const core::tenant_id& company);
  bool check_platform();
  /// Whether something is there to be described and has not been checked yet.
  bool unchecked(const core::tenant_id& company) const;
  bool has_room() const { return plan_.under_way() < parts_.pace.at_once; }
  /// Whom a run of everything checks: those that fail, then whoever is due first, at most so many.
  std::vector<core::tenant_id> some(size_t most) const;

  void describe(health::report_builder& out) const;
  void describe_companies(health::report_builder& out) const;
  void describe(health::report_builder& out, const core::tenant_id& company) const;

  /// Whether the cause of an alert about Twilio is gone.
  bool is_gone(const core::alert_key& key) const;
  void raise_missing();

private:
  struct result {
    std::string name; ///< of the company
    health::verdict found;
    core::timestamp checked_at;
  };
  using waiting = std::pair<core::tenant_id, std::string>; ///< company and name
  struct question {
    core::timestamp asked_at;
    uint64_t serial = 0;
    std::vector<waiting> waiting_for;
  };

  bool is_ours(const core::tenant_id& company) const;
  void begin(const health::planner::due& due);
  void loaded(const health::planner::due& due, const core::expected<core::tenant_profile>& read);
  void ask(const std::string& account, account_access access, waiting who);
  void answered(const std::string& account, uint64_t serial, const core::expected<account_state>& answer);
  void conclude(const std::string& account, const core::expected<account_state>& answer);
  void apply(const waiting& who, const health::verdict& found, core::timestamp at);
  void keep(const core::tenant_id& company, const health::verdict& found, core::timestamp at);
  void tell(const core::tenant_id& company, const health::verdict& found);
  void forget(const core::tenant_id& company);
  void ended(const core::tenant_id& company);

  void note(const std::string& account, const health::verdict& found);
  void ask_others(bool platform_too);
  void decide();
  void tell_platform_state();
  static health::dependency describe(const core::tenant_id& company, const result& known);

  const parts parts_;
  health::planner plan_;
  std::unordered_map<core::tenant_id, result> results_;
  std::optional<result> platform_;
  std::map<std::string, question> asked_;                                             ///< by account
  std::unordered_map<std::string, std::pair<health::verdict, core::timestamp>> book_; ///< the last word of each account
  uint64_t serial_ = 0;

  health::outage_watch outage_;
  health::outage_watch::decision last_decision_;
  std::set<core::tenant_id> others_; ///< who is asked for a second opinion and has not answered yet
  core::timestamp decide_by_;
  std::set<core::tenant_id> held_; ///< unreachable, and not told before it is known whose problem it is
};

} // namespace trunkline::actors

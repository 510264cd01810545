#pragma once

#include "actors/health_monitor.hpp"
#include "tests/actors/node_fixture.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::tests {

/// A node with a HEALTH_MONITOR, a Twilio that says what it is told to say, and somebody outside who is told of alerts.
struct health_fixture : node_fixture {
  explicit health_fixture(node_options options = {}) : node_fixture(std::move(options)) {}
  ~health_fixture();

  /// A company with an account of its own; "shared" accounts have the same credentials.
  core::tenant_id company(const std::string& name, const std::string& account = {});
  /// As an operator stores it: without an account if `account` is empty.
  void configure(const core::tenant_id& id, const std::string& account, const std::string& next_token = {});

  void start_monitor();
  /// Time passes second by second; Twilio answers as it goes.
  void seconds(int64_t count);
  void answer_twilio();

  /// "DOWN 'Twilio authentication failed'" of a company; "-" if there is no entry. Empty name: the platform's.
  std::string state_of(const core::tenant_id& company, const std::string& kind = "twilio");
  health::report report(const core::tenant_id& company = {});
  /// Asks for a run; the answer is in `ran` when there is one.
  void run(const core::tenant_id& company = {});

  /// "TITLE x OCCURRENCES" of what is not resolved, with the platform's own as it is.
  std::vector<std::string> open_alerts() const;

  // What Twilio says of an account: "active", "suspended", "slow", "refused", "away", "silent".
  std::map<std::string, std::string> says;
  std::map<std::string, int> questions; ///< by account

  std::optional<core::platform_account> platform;
  health::pace pace;
  bool told_outside = false;
  std::vector<actors::webhook_delivery> letters; ///< what the outside was told; unanswered ones are kept
  int answer_of_outside = 200;

  std::vector<health::report> ran;
  actors::health_monitor_actor monitor;
};

} // namespace trunkline::tests

#pragma once

#include "persistence/alert_store.hpp"

#include <map>
#include <string>
#include <vector>

namespace trunkline::tests {

/// Alerts and deliveries in memory, without paging.
struct alerts_in_memory final : persistence::alert_store {
  core::expected<core::alert> raise(const core::alert_cause& cause, core::timestamp now, bool tell) override;
  core::expected<bool> resolve(const core::alert_key& key, std::optional<core::timestamp> unseen_since,
                               core::timestamp now, bool tell) override;
  core::expected<std::vector<core::open_alert>> open(size_t most) override;
  core::expected<core::alert> acknowledge(const core::alert_id& id, core::timestamp now,
                                          const core::author& by) override;
  core::expected<core::page<core::alert>> list(const core::alert_filter& filter,
                                               const core::page_request& page) override;
  core::expected<std::vector<core::alert_delivery>> take_deliveries(size_t most, core::timestamp now,
                                                                    core::timestamp until) override;
  core::expected<void> finish_delivery(const std::string& id, std::optional<core::timestamp> again) override;

  core::alert* find_open(const core::alert_key& key);

  struct letter {
    core::alert_delivery what;
    core::timestamp due;
  };
  std::vector<core::alert> rows;
  std::vector<letter> letters;
  int resolve_questions = 0;
  bool away = false;
};

} // namespace trunkline::tests

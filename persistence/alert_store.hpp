#pragma once

#include "core/alert.hpp"
#include "core/error.hpp"
#include "core/principal.hpp"
#include "core/query.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::persistence {

class session;

/// Alerts and what is still to be told of them to the outside. Several nodes may see the same thing at once.
class alert_store {
public:
  virtual ~alert_store() = default;

  /// Opens an alert, or makes the one there is older. `tell`: the outside hears that it was opened.
  /// ec::company_not_found.
  virtual core::expected<core::alert> raise(const core::alert_cause& cause, core::timestamp now, bool tell) = 0;
  /// The cause is gone: true if that ended an alert. With `unseen_since`, one seen later than that stays.
  virtual core::expected<bool> resolve(const core::alert_key& key, std::optional<core::timestamp> unseen_since,
                                       core::timestamp now, bool tell) = 0;
  /// All that are not resolved, the oldest first, at most so many.
  virtual core::expected<std::vector<core::open_alert>> open(size_t most) = 0;

  /// Who has acknowledged it first stays. ec::not_found; ec::invalid_state for a resolved one.
  virtual core::expected<core::alert> acknowledge(const core::alert_id& id, core::timestamp now,
                                                  const core::author& by) = 0;
  virtual core::expected<core::page<core::alert>> list(const core::alert_filter& filter,
                                                       const core::page_request& page) = 0;

  /// What is due, as taken by us until then; whoever takes and ends leaves it to the next one. What was opened comes
  /// before what was resolved.
  virtual core::expected<std::vector<core::alert_delivery>> take_deliveries(size_t most, core::timestamp now,
                                                                            core::timestamp until) = 0;
  /// To be tried again then, or, without a time, done with. One that is gone is no error.
  virtual core::expected<void> finish_delivery(const std::string& id, std::optional<core::timestamp> again) = 0;
};

std::unique_ptr<alert_store> make_alert_store(std::shared_ptr<session> connection);

} // namespace trunkline::persistence

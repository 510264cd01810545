#pragma once

#include "actors/on_self.hpp"
#include "actors/services.hpp"

#include <functional>
#include <memory>
#include <set>

namespace trunkline::actors {

/// The alerts as HEALTH_MONITOR knows them. The rows are the truth; what is known here spares the database the question
/// whether there is anything to resolve. Once in an interval it is read anew and compared with how things are, so that
/// what was not heard, or heard by another node, or could not be written, comes right by itself.
class alert_desk {
public:
  struct parts {
    std::shared_ptr<const services> node;
    on_self post;
    bool tell = false;              ///< somebody outside is to be told
    std::function<void()> told_new; ///< there is something to tell
  };

  explicit alert_desk(parts p) : parts_(std::move(p)) {}

  void raise(core::alert_cause cause);
  /// Resolves it if it is known to be open; with `unseen_since`, unless it has been seen later.
  void clear(const core::alert_key& key, std::optional<core::timestamp> unseen_since = std::nullopt);
  bool knows(const core::alert_key& key) const { return known_.contains(key); }

  /// Reads what is open, then resolves what `is_gone` and calls `then`, which may raise what is missing.
  void compare(std::function<bool(const core::alert_key&)> is_gone, std::function<void()> then);

private:
  void raised(const core::alert_key& key, int64_t times, const core::expected<core::alert>& stored);

  const parts parts_;
  std::set<core::alert_key> known_;
  std::set<core::alert_key> raised_; ///< of these, those since what is open was last asked for
};

} // namespace trunkline::actors

#pragma once

#include "actors/services.hpp"
#include "cluster/indispensable.hpp"
#include "config/settings.hpp"
#include "persistence/database.hpp"
#include "persistence/vault.hpp"
#include "providers/http_client.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <vector>

namespace trunkline::cluster {

/// The actors that a node can not do without: STORE and INBOX workers and TWILIO, which `services` holds, SHARDS and
/// HEALTH_MONITOR.
struct crew {
  std::shared_ptr<const actors::services> services;
  actors::shards_actor shards;
  actors::health_monitor_actor health;
  std::vector<std::shared_ptr<actors::vitals>> vitals;
};

/// What the crew works with; all of it outlives the crew.
struct workplace {
  caf::actor_system& system;
  persistence::database& db;
  const persistence::vault& keys;
  const config::settings& settings;
  const core::clock& clock;
  actors::tenant_registry& tenants;
  bool platform_usable = false;
  providers::http_client& to_twilio;
  actors::deliver_webhook deliver;
  const actors::number_directory& numbers;
  actors::deliver_webhook deliver_alerts; ///< empty: nobody outside is told
  const std::atomic<bool>& stopping;      ///< from then on they may end
  actors::placement* elsewhere = nullptr; ///< of a node that shares the companies with others
};

crew spawn_crew(const workplace& at, const on_loss& lost = end_process);

/// High priority: an exit message of normal priority would wait behind the backlog.
void end(const caf::actor& actor);

} // namespace trunkline::cluster

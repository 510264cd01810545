#pragma once

#include "actors/local_gateway.hpp"
#include "cluster/company_map.hpp"
#include "config/settings.hpp"
#include "persistence/change_feed.hpp"
#include "persistence/database.hpp"
#include "persistence/vault.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <memory>

namespace trunkline::cluster {

/// How a node ends that has found itself declared dead: EX_TEMPFAIL of sysexits.h, so that it is started anew.
inline constexpr int declared_dead = 75;

/// Before the actor system is made: the network layer, with the same heartbeats on all nodes.
void load_network(caf::actor_system_config& config);

/// A node's seat in its cluster: its membership, its links to the others and who is let in, its part of the companies,
/// and its knowledge of what others change.
class seat {
public:
  struct parts {
    const config::settings& settings;
    caf::actor_system& system;
    const core::clock& clock;
    persistence::database& db;
    const persistence::vault& keys;
    company_map& companies;
    std::shared_ptr<const actors::services> services;
    actors::shards_actor shards;
    actors::local_gateway& gateway;
    actors::number_directory& numbers;
  };

  /// Joins. Blocks as long as the name is in use by a node that may be gone; every refusal says what to do.
  /// `changes`: since before the directory was read, or null.
  static core::expected<std::unique_ptr<seat>> take(parts p, std::unique_ptr<persistence::change_feed> changes);
  ~seat();
  seat(const seat&) = delete;
  seat& operator=(const seat&) = delete;

  /// Whom to ask about the other nodes; as long as this lives.
  actors::cluster_office& office();
  /// Hands all companies over and leaves; nobody else has them before nothing acts for them here.
  void leave(std::chrono::milliseconds patience);

  struct impl;

private:
  explicit seat(std::unique_ptr<impl> body);
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::cluster

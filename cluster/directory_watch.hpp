#pragma once

#include "actors/local_gateway.hpp"
#include "persistence/database.hpp"
#include "persistence/vault.hpp"

#include <atomic>
#include <memory>
#include <thread>

namespace trunkline::persistence {
class change_feed;
class listener;
} // namespace trunkline::persistence

namespace trunkline::cluster {

/// Keeps what this node knows of the companies as the database has it, whichever node changes them: within
/// milliseconds while the database can tell, within a second otherwise. A thread and three sessions of its own.
class directory_watch {
public:
  struct parts {
    persistence::database& db;
    const persistence::vault& keys;
    actors::local_gateway& gateway;
    actors::number_directory& numbers;
    actors::tenant_registry& tenants;
  };

  explicit directory_watch(parts p);
  ~directory_watch();
  directory_watch(const directory_watch&) = delete;
  directory_watch& operator=(const directory_watch&) = delete;

private:
  void run();
  bool look();
  bool read_everything();

  const parts parts_;
  std::unique_ptr<persistence::listener> ears_;
  std::unique_ptr<persistence::change_feed> feed_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace trunkline::cluster

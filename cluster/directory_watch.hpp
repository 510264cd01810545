#pragma once

#include "actors/local_gateway.hpp"
#include "persistence/change_feed.hpp"
#include "persistence/database.hpp"
#include "persistence/vault.hpp"

#include <atomic>
#include <memory>
#include <thread>

namespace trunkline::persistence {
class listener;
}

namespace trunkline::cluster {

/// A feed of what is changed from now on; null if the database can not say from where.
std::unique_ptr<persistence::change_feed> begin_feed(persistence::database& db);

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

  /// `feed`: begun before the directory was read; null: all of it is read again.
  directory_watch(parts p, std::unique_ptr<persistence::change_feed> feed);
  ~directory_watch();
  directory_watch(const directory_watch&) = delete;
  directory_watch& operator=(const directory_watch&) = delete;

private:
  void run();
  bool has_begun();
  bool look();
  bool read_everything();

  const parts parts_;
  std::unique_ptr<persistence::listener> ears_;
  std::unique_ptr<persistence::change_feed> feed_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace trunkline::cluster

#pragma once

#include "persistence/cluster_store.hpp"
#include "persistence/fence.hpp"
#include "tests/persistence/database_on_postgresql.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace trunkline::tests {

/// A cluster of nodes that are rows only.
struct cluster_rows : fresh_database {
  using node_status = core::node_status;
  using owned_shard = core::owned_shard;

  static constexpr std::chrono::seconds ttl{60}; ///< longer than any test: leases run out when a test says so

  std::unique_ptr<persistence::cluster_store> store = persistence::make_cluster_store(*db);

  static persistence::join_request request(const std::string& name) {
    persistence::join_request wanted;
    wanted.name = name;
    wanted.address = "10.0.0.1:47" + name;
    wanted.caf_node_id = "caf-" + name;
    wanted.app_version = "1.0.0";
    wanted.ttl = ttl;
    return wanted;
  }

  int joined(const std::string& name) {
    const int me = must(store->new_incarnation());
    must(store->join(me, request(name)));
    return me;
  }

  int active(const std::string& name) {
    const int me = joined(name);
    BOOST_REQUIRE(must(store->go(me, node_status::active)));
    return me;
  }

  /// One that may judge others.
  int sound(const std::string& name) {
    const int me = active(name);
    change(fmt::format("update cluster_node set lease_unbroken_since = clock_timestamp() - interval '61 seconds' "
                       "where incarnation = {}",
                       me));
    return me;
  }

  void lease_runs_out(int who) {
    change(fmt::format("update cluster_node set lease_expires_at = clock_timestamp() - interval '1 second' "
                       "where incarnation = {}",
                       who));
  }

  core::error refusal(const persistence::join_request& wanted) {
    const auto refused = store->join(must(store->new_incarnation()), wanted);
    BOOST_REQUIRE(!refused);
    return refused.error();
  }

  int64_t version() { return must(store->view()).version; }
  node_status status(int who) {
    const auto view = must(store->view());
    BOOST_REQUIRE(view.find(who) != nullptr);
    return view.find(who)->status;
  }

  owned_shard owns(int who, int shard) {
    const auto seen = must(store->view()).shards.at(static_cast<size_t>(shard));
    const auto ours = must(store->claim(who, {{shard, seen.epoch}}));
    BOOST_REQUIRE_EQUAL(ours.size(), 1);
    return ours[0];
  }

  /// Writes something as the owner does, on a connection of its own; `inside` after the fence.
  core::expected<void> write_as(const owned_shard& mine, const std::function<void(soci::session&)>& inside = {}) {
    const auto connection = db->connect();
    return connection->run("writing", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
      if (auto holds = persistence::fence(sql, mine); !holds)
        return holds;
      if (inside)
        inside(sql);
      persistence::execute(sql, "insert into meta (name, value) values (:name, 'x')",
                           fmt::format("shard {} epoch {}", mine.shard, mine.epoch));
      return {};
    });
  }

  bool somebody_waits_for_a_lock() {
    return count("select count(*) from pg_locks l join pg_database d on d.oid = l.database and d.datname = "
                 "current_database() where locktype = 'advisory' and not granted") > 0;
  }

  template <class Condition>
  static void wait_until(Condition holds) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
      BOOST_REQUIRE(std::chrono::steady_clock::now() < give_up);
      std::this_thread::yield();
    }
  }
};

} // namespace trunkline::tests

#pragma once

#include "cluster/link.hpp"

#include <caf/actor_system.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace trunkline::cluster {

/// The links to all other members, as the view has them. Thread-safe.
class peers {
public:
  struct parts {
    caf::actor_system& system;
    const std::atomic<int64_t>* me = nullptr; ///< incarnation; known before the first view is followed
    core::secret key;
    const core::clock& clock;
    std::function<void(int incarnation)> crashed;
  };

  explicit peers(parts p);
  ~peers();
  peers(const peers&) = delete;
  peers& operator=(const peers&) = delete;

  /// Links to whoever is new, none to whoever has left or is dead.
  void follow(const core::cluster_view& view);
  /// Asks a peer; ec::not_ready at once if there is no link to it. `only_if_quick`: not if it is slow, that is the same
  /// as no link.
  void ask(int incarnation, ask_peer question, bool only_if_quick = false) const;

  using answers = std::map<std::string, core::expected<std::string>>; ///< by name
  /// Asks all of them at once; `then` hears when the last one has answered or its patience has ended.
  void ask_all(const std::string& topic, const std::string& payload, std::chrono::milliseconds patience,
               std::function<void(answers)> then) const;

  struct row {
    core::member peer;
    std::shared_ptr<const link_vitals> vitals;
  };
  std::vector<row> rows() const;
  bool all_up() const;

private:
  struct entry {
    core::member peer;
    link_actor link;
    std::shared_ptr<link_vitals> vitals;
  };

  const parts parts_;
  prober_actor prober_;
  mutable std::mutex lock_;
  std::map<int, entry> all_; ///< by incarnation
};

} // namespace trunkline::cluster

#pragma once

#include "actors/local_gateway.hpp"
#include "cluster/company_map.hpp"
#include "cluster/newest.hpp"
#include "cluster/peers.hpp"
#include "core/cluster_status.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace trunkline::cluster {

/// The questions between nodes: what this one asks the others for its own front end, and what it answers them.
/// Thread-safe.
class switchboard final : public actors::cluster_office {
public:
  struct parts {
    std::shared_ptr<const actors::services> services;
    actors::local_gateway& gateway;
    const company_map& companies;
    const peers& others;
    // Of this node's place in the cluster, which is there when its front end asks:
    std::function<bool()> may_act;
    std::function<newest_view::pointer()> view;
  };

  explicit switchboard(parts p) : parts_(std::move(p)) {}

  /// What a peer asks; answered once, from any thread.
  void serve(const std::string& topic, const std::string& payload, std::function<void(std::string)> answer) const;

  bool may_act() const override { return parts_.may_act(); }
  void ask(actors::read_cluster question) override;
  void ask(actors::drain_node question) override;
  void ask(actors::read_actors question) override;
  void ask(actors::read_health question) override;
  void ask(actors::run_health question) override;
  void release_elsewhere(actors::release_quarantine question) override;
  void wake_elsewhere(const core::tenant_id& company) override;

private:
  void serve_webhook(const std::string& payload, std::function<void(std::string)> answer) const;
  void serve_actors(const std::string& payload, const std::function<void(std::string)>& answer) const;
  void serve_health(const std::string& payload, std::function<void(std::string)> answer) const;
  void serve_release(const std::string& payload, std::function<void(std::string)> answer) const;

  template <class Question>
  void ask_health(Question question, bool run) const;
  template <class Question>
  void ask_health_of_everything(Question question, bool run) const;

  const std::string& node_name() const { return parts_.services->settings.node_name; }
  std::vector<core::link_row> own_links() const;
  std::vector<health::dependency> peers_as_dependencies() const;

  const parts parts_;
};

} // namespace trunkline::cluster

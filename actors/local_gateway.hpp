#pragma once

#include "actors/deadline_sweep.hpp"
#include "actors/gateway.hpp"
#include "actors/services.hpp"

#include <caf/send.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <type_traits>

namespace trunkline::actors {

class local_gateway;
using gateway_to_workers =
    hands_over<local_gateway, hands_over<local_gateway, gateway, store_questions>, twilio_questions>;

/// The gateway of a node that owns all companies.
class local_gateway final : public gateway_to_workers {
public:
  struct parts {
    std::shared_ptr<const services> node;
    shards_actor shards;
    number_directory& numbers;
    deadline_sweep& deadlines;
    std::vector<std::shared_ptr<vitals>> workers;
    core::timestamp started_at;
    health_monitor_actor health = {};
    std::function<void()> drain_process = {}; ///< as on SIGTERM
    live_events* live = nullptr;              ///< of a node with a front end
  };

  explicit local_gateway(parts p)
      : parts_(std::move(p)), pulse_("NODE", parts_.node->settings.node_name, parts_.started_at) {}

  const number_directory& numbers() const override { return parts_.numbers; }
  void dispatch(webhook_job job) override;
  /// Of a company that another node thinks is here.
  void dispatch_here(webhook_job job);
  /// Another node may have changed this company.
  void refresh(const core::tenant_id& id);
  using gateway::ask;
  void ask(create_company question) override;
  void ask(put_config question) override;
  void ask(change_company question) override;
  void ask(remove_company question) override;
  void ask(release_quarantine question) override;
  void ask(enqueue_message question) override;
  /// There may be messages to send for this company: whoever acts for it is told, or only this node.
  void wake(const core::tenant_id& company) const;
  void wake_here(const core::tenant_id& company) const { caf::anon_send(parts_.shards, wake_company{company}); }
  void ask(read_health question) override;
  void ask(run_health question) override;
  alarm_bell& bell() const override { return *parts_.node->bell; }
  live_events& events() const override { return *parts_.live; }
  void ask(read_cluster question) override;
  void ask(drain_node question) override;
  void ask(read_actors question) override;
  /// Of what this node knows itself.
  template <class Question>
  void ask_monitor(Question question) {
    caf::anon_send(parts_.health, std::move(question));
  }
  /// Of this node.
  actor_tree actors(const actor_filter& filter) const;
  /// As on SIGTERM.
  void drain_process() const { parts_.drain_process(); }
  /// Of a company that is here, for another node.
  void release_here(release_quarantine question);
  std::string node_name() const override { return parts_.node->settings.node_name; }
  bool quarantined(const core::tenant_id& tenant) const override;
  std::vector<std::string> not_ready_reasons() const override;

  /// To a STORE worker or to TWILIO, watched.
  template <class Question>
  void hand_over(Question question) {
    parts_.deadlines.watch(question.answer.watched());
    if constexpr (std::is_base_of_v<asked<Question>, twilio_questions>)
      caf::anon_send(parts_.node->twilio, std::move(question));
    else
      parts_.node->stores.ask(std::move(question));
  }
  void drain() { draining_ = true; }
  /// This node has joined; before it is asked anything.
  void in_cluster(cluster_office& office) { office_ = &office; }
  bool database_is_up() const { return database_up_; }
  /// Also reads again what may have been changed while nobody could be asked.
  void database_is(bool up);

private:
  /// Asked on our own behalf: whoever wanted to know may have given up meanwhile.
  template <class Question>
  void to_store_unwatched(Question question) {
    parts_.node->stores.ask(std::move(question));
  }
  void publish(core::tenant_profile profile);
  void follow_state(tenant_slot& slot, core::tenant_state state) const;
  void forget(const core::tenant_id& id);
  size_t companies_here() const;
  void publish_from_database(const core::tenant_id& id, std::function<void(core::expected<core::tenant_profile>)> then);

  parts parts_;
  vitals pulse_; ///< the node's own
  std::mutex lock_;
  std::set<core::tenant_id> stale_; ///< changed, perhaps, and not read back yet
  cluster_office* office_ = nullptr;
  std::atomic<bool> draining_{false};
  std::atomic<bool> database_up_{true};
};

} // namespace trunkline::actors

#pragma once

#include "actors/interfaces.hpp"
#include "actors/tenant_registry.hpp"

#include <caf/send.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace trunkline::actors {

/// The STORE workers of a node; questions go to them in turn, but for those whose order counts.
class store_pool {
public:
  store_pool() = default;
  explicit store_pool(std::vector<store_actor> workers)
      : workers_(std::move(workers)), next_(std::make_shared<std::atomic<size_t>>(0)) {}

  template <class Question>
  void ask(Question question) const {
    const auto turn = next_->fetch_add(1, std::memory_order_relaxed);
    caf::anon_send(workers_[turn % workers_.size()], std::move(question));
  }

  // A company always has the same worker for these, so that what was said last is what stays.
  void ask(set_tenant_state question) const { ask_worker_of(question.tenant, std::move(question)); }
  void ask(raise_alert question) const { ask_worker_of(question.cause.key.company, std::move(question)); }
  void ask(resolve_alert question) const { ask_worker_of(question.key.company, std::move(question)); }

  const std::vector<store_actor>& workers() const { return workers_; }

private:
  template <class Question>
  void ask_worker_of(const core::tenant_id& company, Question&& question) const {
    const auto turn = tenant_registry::stripe_of(company);
    caf::anon_send(workers_[turn % workers_.size()], std::forward<Question>(question));
  }

  std::vector<store_actor> workers_;
  std::shared_ptr<std::atomic<size_t>> next_;
};

} // namespace trunkline::actors

#pragma once

#include "actors/deadline_sweep.hpp"
#include "config/log.hpp"
#include "core/error.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace trunkline::actors {

/// The right to answer one question, once: the first answer wins, and if every copy is dropped unused (a crashed actor,
/// a message that never arrived) the asker hears so. Travels inside messages, so that no actor per request is needed.
template <class T>
class reply {
public:
  using callback = std::function<void(core::expected<T>)>;

  reply() = default;
  explicit reply(callback answer) : state_(std::make_shared<state>(std::move(answer))) {}

  /// Callable from any thread.
  void operator()(core::expected<T> answer) const {
    if (state_)
      state_->settle(std::move(answer));
  }
  bool settled() const { return !state_ || state_->done.load(std::memory_order_acquire); }

  /// For the deadline sweep, which does not keep the question alive.
  std::shared_ptr<expirable> watched() const { return state_; }

private:
  struct state final : expirable {
    explicit state(callback f) : answer(std::move(f)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() override {
      settle(core::fail(core::ec::not_ready, "The request was dropped before it was answered. Try again."));
    }

    void expire() override {
      settle(core::fail(core::ec::overloaded, "The request was not answered in time. Try again."));
    }

    void settle(core::expected<T> value) {
      if (done.exchange(true, std::memory_order_acq_rel))
        return;
      stop_watching();
      try {
        answer(std::move(value));
      } catch (const std::exception& problem) { // whoever answers is not to blame for what the asker does with it
        log::error(log::no_request, "an answer could not be delivered: {}", problem.what());
      }
    }

    std::atomic<bool> done{false};
    callback answer;
  };

  std::shared_ptr<state> state_;
};

} // namespace trunkline::actors

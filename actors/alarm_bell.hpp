#pragma once

#include "actors/health_messages.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

namespace trunkline::actors {

/// Where anybody tells of a cause for an alert, or that it is gone: from any thread, without waiting for anybody. Not
/// more than `most` are on their way at once; what is more is not told, and whoever tells it again later is heard. What
/// can be told as often as a stranger likes goes through a health::minute_gate first.
class alarm_bell {
public:
  static constexpr uint32_t most = 1024;
  using alarm = std::variant<cause_seen, cause_gone, company_changed>;
  using listener = std::function<void(alarm)>;

  /// Who hears it from now on; nobody without one.
  void answered_by(listener who) {
    std::lock_guard held(lock_);
    listener_ = std::move(who);
  }

  void seen(core::alert_cause cause) { ring(cause_seen{std::move(cause), nullptr}); }
  void gone(core::alert_key key) { ring(cause_gone{std::move(key), nullptr}); }
  /// The company's credentials may have changed.
  void changed(core::tenant_id company) { ring(company_changed{std::move(company), nullptr}); }

private:
  template <class Message>
  void ring(Message message) {
    if (waiting_->fetch_add(1, std::memory_order_relaxed) >= most) {
      waiting_->fetch_sub(1, std::memory_order_relaxed);
      return;
    }
    message.room =
        room_taken(nullptr, [count = waiting_](const void*) { count->fetch_sub(1, std::memory_order_relaxed); });
    std::lock_guard held(lock_);
    if (listener_)
      listener_(std::move(message));
  }

  const std::shared_ptr<std::atomic<uint32_t>> waiting_ = std::make_shared<std::atomic<uint32_t>>(0);
  std::mutex lock_;
  listener listener_;
};

} // namespace trunkline::actors

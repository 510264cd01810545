#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace trunkline::persistence {

class database;

/// Rung in this process after a commit that has kept events, from any thread.
class event_bell {
public:
  void ring() const {
    const std::lock_guard held(lock_);
    if (heard_)
      heard_();
  }
  /// By whom it is heard from now on; nobody without one.
  void answered_by(std::function<void()> heard) {
    const std::lock_guard held(lock_);
    heard_ = std::move(heard);
  }

private:
  mutable std::mutex lock_;
  std::function<void()> heard_;
};

/// Hears that there may be new events: of this process by its bell, of others by PostgreSQL's NOTIFY. One for each
/// database and process; a session of its own to listen and one to speak.
class event_news {
public:
  using ms = std::chrono::milliseconds;

  virtual ~event_news() = default;
  /// Until there is news, somebody calls wake(), or the time is over; for one thread. The other processes hear as well
  /// of what is from here.
  virtual void wait(ms most) = 0;
  /// From any thread.
  virtual void wake() = 0;
};

std::unique_ptr<event_news> make_event_news(database& db);

} // namespace trunkline::persistence

#include "persistence/event_news.hpp"

#include "persistence/listener.hpp"
#include "persistence/session.hpp"
#include "persistence/statement.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>

namespace trunkline::persistence {

namespace {

constexpr auto channel = "trunkline_event";

/// The bell of the database is ours as long as this lives.
class answered_bell {
public:
  answered_bell(event_bell& bell, std::function<void()> heard) : bell_(bell) { bell_.answered_by(std::move(heard)); }
  ~answered_bell() { bell_.answered_by({}); }
  answered_bell(const answered_bell&) = delete;
  answered_bell& operator=(const answered_bell&) = delete;

private:
  event_bell& bell_;
};

class news_within_the_process final : public event_news {
public:
  explicit news_within_the_process(event_bell& bell) : bell_(bell, [this] { wake(); }) {}

  void wait(ms most) override {
    std::unique_lock held(lock_);
    changed_.wait_for(held, most, [this] { return news_; });
    news_ = false;
  }
  void wake() override {
    const std::lock_guard held(lock_);
    news_ = true;
    changed_.notify_one();
  }

private:
  std::mutex lock_;
  std::condition_variable changed_;
  bool news_ = false;
  answered_bell bell_;
};

/// Commits that NOTIFY wait for each other, so it is not done by those that keep events but here, for all of the last
/// moment at once.
class news_of_all_nodes final : public event_news {
public:
  news_of_all_nodes(database& db, event_bell& bell)
      : speaking_(db.connect()), listening_(db, channel), bell_(bell, [this] { heard_here(); }) {}

  void wait(ms most) override {
    tell_others();
    if (untold_)
      most = std::min(most, moment);
    listening_.wait(most);
    tell_others();
  }
  void wake() override { listening_.wake(); }

private:
  using clock = std::chrono::steady_clock;
  static constexpr ms moment{20};

  void heard_here() {
    if (!untold_.exchange(true))
      listening_.wake();
  }

  void tell_others() {
    if (!untold_ || clock::now() < told_at_ + moment)
      return;
    untold_ = false;
    told_at_ = clock::now();
    const auto told = speaking_->run("telling of events", access::read, [](soci::session& sql) -> core::expected<void> {
      run_script(sql, dialect::postgresql, std::string("notify ") + channel);
      return {};
    });
    (void)told; // the others look by themselves, once a second
  }

  std::unique_ptr<session> speaking_;
  listener listening_;
  std::atomic<bool> untold_{false};
  clock::time_point told_at_;
  answered_bell bell_;
};

} // namespace

std::unique_ptr<event_news> make_event_news(database& db) {
  if (db.kind() == dialect::sqlite)
    return std::make_unique<news_within_the_process>(db.events());
  return std::make_unique<news_of_all_nodes>(db, db.events());
}

} // namespace trunkline::persistence

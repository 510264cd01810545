#pragma once

#include "actors/event_audience.hpp"
#include "actors/live_events.hpp"
#include "core/clock.hpp"
#include "persistence/event_news.hpp"
#include "persistence/event_store.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace trunkline::actors {

struct event_reader_settings {
  audience_settings audience = {};
  size_t most_viewers = 2'000;
  size_t most_of_a_company = 200;
  int64_t keep_ms = 24 * 3'600 * 1'000; ///< so long events are kept,
  int64_t keep_count = 10'000;          ///< and no more of each company
};

/// Tells browsers what happens in their companies, on whichever node it is stored. One thread reads for all of them,
/// when there is news and once a second, and does what keeps the events in order: what is old is removed, companies
/// that nobody has watched for a day are not told of any more. No actor waits for it.
class event_reader final : public live_events {
public:
  struct parts {
    std::unique_ptr<persistence::event_store> store;
    std::unique_ptr<persistence::event_news> news;
    const core::clock& clock;
    write_event write;
    event_reader_settings settings = {};
  };

  explicit event_reader(parts p);
  ~event_reader() override;
  event_reader(const event_reader&) = delete;
  event_reader& operator=(const event_reader&) = delete;

  core::expected<void> watch(watch_company question) override;
  /// Everybody is sent away soon, and nobody is let in any more.
  void close();

private:
  /// Somebody who will miss nothing once the transactions have ended that do not know of him.
  struct newcomer {
    watch_company who;
    persistence::watch_start start;
    core::steady_time asked_at;
  };

  void run();
  void take_in();
  std::vector<watch_company> next_asked();
  void let_in(core::steady_time now);
  void seat(newcomer one, core::steady_time now);
  bool tell_news(core::steady_time now);
  bool carry_out(const event_audience::errand& errand, core::steady_time now);
  void keep_house(core::steady_time now);
  void watch_on();
  void prune();
  void count();
  void send_all_away();
  std::chrono::milliseconds patience(bool busy) const;
  void say_that_it_fails(const core::error& why);

  parts parts_;
  event_audience audience_;
  std::vector<newcomer> newcomers_;
  bool more_asked_ = false; ///< than could be taken in at once
  core::steady_time told_at_, looked_at_, refreshed_at_, watched_at_, cleaned_at_, complained_at_;
  std::optional<core::tenant_id> pruned_to_; ///< of a pass that goes on

  std::mutex lock_;
  std::vector<watch_company> asked_;
  std::unordered_map<std::string, size_t> viewers_; ///< of each company, asked_ and newcomers included
  size_t all_viewers_ = 0;
  bool closing_ = false;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace trunkline::actors

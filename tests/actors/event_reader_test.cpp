#include "actors/event_reader.hpp"
#include "tests/actors/viewer_fakes.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <deque>
#include <map>
#include <thread>

namespace trunkline::tests {

namespace {

using namespace std::chrono_literals;

const core::tenant_id acme("co_acme00000001"), other("co_other0000001");

/// What outlives the reader: the events, and how the database behaves.
struct event_rows {
  std::mutex lock;
  std::map<core::tenant_id, std::vector<core::kept_event>> kept;
  int64_t settled = 100, horizon = 0;
  int watched = 0, pruned = 0, lapsed = 0, confirmed = 0;
  bool away = false;
};

core::error away() { return {core::ec::database_unavailable, "away", "away", {}}; }

struct store_in_memory final : persistence::event_store {
  explicit store_in_memory(event_rows& r) : rows(r) {}

  core::expected<persistence::watch_start> watch(const core::tenant_id& company, core::timestamp) override {
    const std::lock_guard held(rows.lock);
    ++rows.watched;
    if (rows.away)
      return core::fail(away());
    return persistence::watch_start{static_cast<int64_t>(rows.kept[company].size()), rows.horizon};
  }
  core::expected<int64_t> settled_to() override {
    const std::lock_guard held(rows.lock);
    return rows.settled;
  }
  core::expected<bool> still_watched(const std::vector<core::tenant_id>&, core::timestamp) override {
    const std::lock_guard held(rows.lock);
    return ++rows.confirmed > 1; // the first time one has lapsed
  }
  core::expected<void> let_lapse(core::timestamp) override {
    const std::lock_guard held(rows.lock);
    ++rows.lapsed;
    return {};
  }
  core::expected<void> refresh() override { return {}; }
  core::expected<std::vector<std::pair<core::tenant_id, int64_t>>>
  heads(const std::vector<core::tenant_id>& companies) override {
    const std::lock_guard held(rows.lock);
    if (rows.away)
      return core::fail(away());
    std::vector<std::pair<core::tenant_id, int64_t>> found;
    for (const auto& company : companies)
      found.emplace_back(company, static_cast<int64_t>(rows.kept[company].size()));
    return found;
  }
  core::expected<std::vector<core::kept_event>> read(const core::tenant_id& company, int64_t after,
                                                     size_t most) override {
    const std::lock_guard held(rows.lock);
    std::vector<core::kept_event> found;
    for (const auto& event : rows.kept[company])
      if (event.seq > after && found.size() < most)
        found.push_back(event);
    return found;
  }
  core::expected<persistence::event_subjects> subjects(const core::tenant_id&,
                                                       const std::vector<core::kept_event>& events) override {
    persistence::event_subjects known;
    for (const auto& event : events)
      if (event.subject != "msg_gone")
        known.messages[event.subject].content = event.subject;
    return known;
  }
  core::expected<std::optional<core::tenant_id>> prune(const core::tenant_id&, core::timestamp, int64_t,
                                                       size_t) override {
    const std::lock_guard held(rows.lock);
    if (++rows.pruned == 1)
      return std::optional(acme);
    return std::nullopt;
  }

  event_rows& rows;
};

/// Wakes when it is told to, and after a moment in any case: the clock that counts is the test's.
struct news_by_hand final : persistence::event_news {
  void wait(ms) override {
    std::unique_lock held(lock);
    changed.wait_for(held, 1ms, [this] { return std::exchange(news, false); });
  }
  void wake() override {
    const std::lock_guard held(lock);
    news = true;
    changed.notify_one();
  }
  std::mutex lock;
  std::condition_variable changed;
  bool news = false;
};

/// A clock that two threads look at.
struct shared_clock final : core::clock {
  core::timestamp now() const override { return {1'700'000'000'000 + passed}; }
  core::steady_time steady() const override { return {1'000'000 + passed}; }
  std::atomic<int64_t> passed{0};
};

struct reading {
  event_rows rows;
  shared_clock clock;
  actors::event_reader_settings settings{{}, 4, 3};
  std::unique_ptr<actors::event_reader> reader;

  void start() {
    reader = std::make_unique<actors::event_reader>(actors::event_reader::parts{
        std::make_unique<store_in_memory>(rows), std::make_unique<news_by_hand>(), clock,
        [](const actors::told_event& event) {
          const auto* message = std::get_if<core::message_record>(&event.subject);
          return std::make_shared<const std::string>(
              fmt::format("{}:{}", event.seq, message ? message->content : std::get<std::string>(event.subject)));
        },
        settings});
  }

  void happens(const std::string& subject, const core::tenant_id& company = acme, const std::string& data = {}) {
    const std::lock_guard held(rows.lock);
    auto& all = rows.kept[company];
    core::kept_event event;
    event.seq = static_cast<int64_t>(all.size()) + 1;
    event.subject = subject, event.data = data;
    all.push_back(event);
  }

  viewer_ptr enters(std::optional<int64_t> after = {}, const core::tenant_id& company = acme) {
    auto viewer = std::make_shared<fake_viewer>();
    const auto taken = reader->watch({company, {}, after, viewer});
    if (!taken)
      viewer->refuse(taken.error());
    return viewer;
  }

  /// Nothing says when the reader has got so far.
  template <class Condition>
  static void wait_until(Condition condition, std::string_view what) {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up)
        BOOST_FAIL("in vain: " << what);
      std::this_thread::sleep_for(1ms);
    }
  }
  static void hears(const viewer_ptr& viewer, const std::string& all) {
    wait_until([&] { return viewer->all() == all; }, fmt::format("{} instead of {}", all, viewer->all()));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_reader, reading)

BOOST_AUTO_TEST_CASE(a_viewer_hears_that_it_begins_and_then_what_happens) {
  happens("msg_before");
  start();
  const auto ana = enters();
  hears(ana, "begin");
  happens("msg_1");
  happens("", acme, R"({"progress":0.5})");
  hears(ana, R"(begin 2:msg_1 3:{"progress":0.5})");
  BOOST_TEST(rows.watched == 1);
}

BOOST_AUTO_TEST_CASE(what_is_gone_is_left_out_and_what_one_has_missed_comes_first) {
  happens("msg_1"), happens("msg_gone"), happens("msg_3");
  start();
  hears(enters(0), "begin 1:msg_1 3:msg_3");
  hears(enters(2), "begin 3:msg_3");
  hears(enters(3), "begin");
}

BOOST_AUTO_TEST_CASE(who_knows_of_events_that_there_are_not_is_told_to_read_all_again) {
  happens("msg_1");
  start();
  const auto ana = enters(7);
  hears(ana, R"(begin 1:{"reason":"history_gone"})");
  happens("msg_2");
  hears(ana, R"(begin 1:{"reason":"history_gone"} 2:msg_2)");
}

BOOST_AUTO_TEST_CASE(it_begins_when_nobody_is_left_who_does_not_know_of_the_viewer) {
  rows.horizon = 200;
  start();
  const auto ana = enters();
  wait_until([&] { return std::lock_guard(rows.lock), rows.watched == 1; }, "asked");
  happens("msg_1");
  BOOST_TEST(ana->all() == "");
  {
    const std::lock_guard held(rows.lock);
    rows.settled = 200;
  }
  hears(ana, "begin 1:msg_1");
}

BOOST_AUTO_TEST_CASE(it_begins_all_the_same_when_a_transaction_does_not_end) {
  rows.horizon = 200;
  start();
  const auto ana = enters();
  wait_until([&] { return std::lock_guard(rows.lock), rows.watched == 1; }, "asked");
  wait_until(
      [&] {
        clock.passed += 1000; // somebody may have been asked later than the clock was read
        return ana->all().starts_with("begin");
      },
      "begun");
}

BOOST_AUTO_TEST_CASE(there_is_room_for_so_many_and_no_company_takes_all_of_it) {
  start();
  std::vector<viewer_ptr> inside = {enters(), enters(), enters()};
  BOOST_TEST(enters()->all() == "refused overloaded");
  inside.push_back(enters({}, other));
  for (const auto& one : inside)
    hears(one, "begin");
  BOOST_TEST(enters({}, other)->all() == "refused overloaded");
  inside[0]->is_gone = true;
  wait_until(
      [&] {
        clock.passed += 1000;
        const auto next = enters({}, other);
        return next->all() != "refused overloaded";
      },
      "a place that is free again");
}

BOOST_AUTO_TEST_CASE(while_the_database_is_away_nobody_is_let_in_and_who_is_in_stays) {
  start();
  const auto ana = enters();
  hears(ana, "begin");
  {
    const std::lock_guard held(rows.lock);
    rows.away = true;
  }
  hears(enters(), "refused database_unavailable");
  happens("msg_1");
  BOOST_TEST(ana->all() == "begin");
  {
    const std::lock_guard held(rows.lock);
    rows.away = false;
  }
  hears(ana, "begin 1:msg_1");
}

BOOST_AUTO_TEST_CASE(a_node_that_drains_sends_everybody_away_and_lets_nobody_in) {
  start();
  const auto ana = enters();
  hears(ana, "begin");
  reader->close();
  hears(ana, "begin end");
  BOOST_TEST(enters()->all() == "refused not_ready");
}

BOOST_AUTO_TEST_CASE(what_ends_with_the_reader_is_ended) {
  start();
  const auto ana = enters();
  hears(ana, "begin");
  reader.reset();
  BOOST_TEST(ana->all() == "begin end");
}

BOOST_AUTO_TEST_CASE(the_house_is_kept_in_the_background) {
  start();
  const auto ana = enters();
  hears(ana, "begin");
  clock.passed += 600'000;
  const auto count = [&](int event_rows::*what) { return std::lock_guard(rows.lock), rows.*what; };
  wait_until([&] { return count(&event_rows::lapsed) == 1 && count(&event_rows::pruned) == 1; }, "the first part");
  clock.passed += 1000;
  wait_until([&] { return count(&event_rows::pruned) == 2; }, "the rest");
  clock.passed += 3'600'000;
  wait_until([&] { return count(&event_rows::confirmed) == 1 && count(&event_rows::watched) == 2; }, "watched again");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

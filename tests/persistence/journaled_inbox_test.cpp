#include "core/metrics.hpp"
#include "persistence/journaled_inbox.hpp"
#include "tests/persistence/journal_samples.hpp"

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <set>

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;
using persistence::journaled_inbox;

namespace {

/// What outlives the inbox: rows, and how the database behaves.
struct remote_database {
  enum class state : uint8_t { there, away, frozen };

  void is(state next) {
    const std::lock_guard held(lock);
    now = next;
    changed.notify_all();
  }

  core::expected<std::vector<persistence::inbox_outcome>> record(const std::vector<const core::webhook_event*>& batch) {
    at_work();
    std::unique_lock held(lock);
    ++tries_by[std::this_thread::get_id()];
    changed.notify_all();
    changed.wait(held, [&] { return now != state::frozen; });
    if (now == state::away || batch.size() > most_at_once || (allowed && rows.size() >= *allowed))
      return core::fail(core::ec::database_unavailable, "away");
    std::vector<persistence::inbox_outcome> outcomes;
    for (const auto* event : batch) {
      auto& outcome = outcomes.emplace_back();
      if (refuses.count(event->key.sid) != 0) {
        outcome.refused = core::error{core::ec::malformed_webhook, "refused", "", {}};
        continue;
      }
      const auto [row, fresh] = rows.try_emplace(event->key.sid, event->answer);
      if (fresh)
        order.push_back(event->key.sid);
      outcome.duplicate = !fresh;
      outcome.answer = row->second;
    }
    return outcomes;
  }

  std::vector<std::string> stored() {
    const std::lock_guard held(lock);
    return order;
  }

  std::function<void()> at_work = [] {};
  std::mutex lock;
  std::condition_variable changed;
  state now = state::there;
  size_t most_at_once = 1000;
  std::optional<size_t> allowed; ///< then it goes away
  std::set<std::string> refuses;
  std::map<std::string, core::webhook_answer> rows;
  std::vector<std::string> order;
  std::map<std::thread::id, int> tries_by;
};

struct session_of final : persistence::inbox_store {
  explicit session_of(remote_database& db) : db(db) {}
  core::expected<std::vector<persistence::inbox_outcome>>
  record(const std::vector<const core::webhook_event*>& batch) override {
    return db.record(batch);
  }
  remote_database& db;
};

int64_t gauge_value(std::string_view name) {
  for (const auto* gauge : core::metric_registry::instance().gauges)
    if (gauge->name == name)
      return gauge->value();
  return -1;
}

using enum remote_database::state;

struct inbox_with_journal {
  temp_folder home;
  listened_log log;
  remote_database db;
  persistence::journaled_inbox_settings settings{home.path() / "journal" / "1", {1u << 20, 4096}, 1ms, 5ms};
  std::unique_ptr<journaled_inbox> inbox = begin();

  std::unique_ptr<journaled_inbox> begin() {
    auto made = journaled_inbox::open(std::make_unique<session_of>(db), settings);
    if (!made)
      BOOST_FAIL(made.error().detail);
    return std::move(*made);
  }

  /// As after kill -9: what is on disk is all that is left. (Nothing is written on an orderly end either.)
  void restart() {
    inbox.reset();
    inbox = begin();
  }

  std::vector<persistence::inbox_outcome> record(const std::vector<core::webhook_event>& events) {
    auto done = inbox->record(pointers(events));
    if (!done)
      BOOST_FAIL(done.error().context);
    return std::move(*done);
  }

  void wait_until_drained() {
    wait_until([&] { return inbox->drained(); }, "drained");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(inbox_with_a_journal, inbox_with_journal)

BOOST_AUTO_TEST_CASE(with_the_database_there_no_file_is_written) {
  record(calls(1, 3));
  BOOST_TEST(db.stored().size() == 3);
  BOOST_TEST(!std::filesystem::exists(settings.folder));
}

BOOST_AUTO_TEST_CASE(without_the_database_webhooks_are_answered_and_stored_in_order_when_it_is_back) {
  record(calls(1, 2));
  db.is(away);
  for (int n = 3; n < 100; n += 3)
    for (const auto& outcome : record(calls(n, 3)))
      BOOST_TEST((!outcome.duplicate && !outcome.refused && outcome.answer.status == 200));
  BOOST_TEST(!inbox->drained());
  BOOST_TEST(gauge_value("trunkline_journal_events") == 99);
  BOOST_TEST(gauge_value("trunkline_journal_bytes") > 0);
  wait_until([] { return gauge_value("trunkline_journal_oldest_seconds") > 0; }, "its age is known");
  db.is(there);
  wait_until_drained();
  BOOST_TEST(db.stored() == sids(calls(1, 101)), boost::test_tools::per_element());
  BOOST_TEST(gauge_value("trunkline_journal_events") == 0);
  BOOST_TEST(gauge_value("trunkline_journal_oldest_seconds") == 0);
  record(calls(200, 1));
  BOOST_TEST(db.stored().back() == call_sid(200));
  BOOST_TEST(persistence::journal::found_in(home.path() / "journal").empty());
}

BOOST_AUTO_TEST_CASE(a_repeated_webhook_gets_the_first_answer_as_long_as_the_journal_is_in_use) {
  db.is(away);
  const auto both = record({voice_event(1, "<first/>"), voice_event(1, "<second/>")});
  BOOST_TEST((!both[0].duplicate && both[1].duplicate && both[1].answer.body == "<first/>"));
  const auto later = record({voice_event(2), voice_event(1, "<third/>")});
  BOOST_TEST((!later[0].duplicate && later[1].duplicate && later[1].answer.body == "<first/>"));
  restart();
  BOOST_TEST(record({voice_event(1, "<fourth/>")})[0].answer.body == "<first/>");
  {
    const std::lock_guard held(db.lock);
    db.allowed = 1, db.most_at_once = 1;
  }
  db.is(there); // for one event
  wait_until([&] { return db.stored().size() == 1; }, "the first is in the database");
  BOOST_TEST(record({voice_event(1, "<fifth/>")})[0].answer.body == "<first/>");
  {
    const std::lock_guard held(db.lock);
    db.allowed.reset();
  }
  wait_until_drained();
  BOOST_TEST(db.stored() == sids(calls(1, 2)), boost::test_tools::per_element());
  BOOST_TEST(record({voice_event(1, "<sixth/>")})[0].answer.body == "<first/>");
}

BOOST_AUTO_TEST_CASE(only_the_batch_that_finds_the_database_frozen_waits_for_it) {
  db.is(frozen);
  std::thread unlucky([&] { record(calls(1, 1)); });
  const auto who = unlucky.get_id();
  {
    std::unique_lock held(db.lock);
    db.changed.wait(held, [&] { return db.tries_by[who] == 1; });
    db.now = away; // its deadline is over
  }
  db.changed.notify_all();
  unlucky.join();
  db.is(frozen);
  for (int n = 2; n < 50; ++n) // with the drainer waiting in the frozen database
    record(calls(n, 1));
  {
    const std::lock_guard held(db.lock);
    BOOST_TEST(db.tries_by[std::this_thread::get_id()] == 0);
  }
  db.is(there);
  wait_until_drained();
  BOOST_TEST(db.stored() == sids(calls(1, 49)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_or_doubled_when_the_process_ends_half_way_through_draining) {
  db.is(away);
  for (int n = 0; n < 60; n += 4)
    record(calls(n, 4));
  {
    const std::lock_guard held(db.lock);
    db.most_at_once = 3;
  }
  for (size_t stored = 1; stored < 60; stored += 7) { // it gets a little further each time
    {
      const std::lock_guard held(db.lock);
      db.allowed = stored;
    }
    db.is(there);
    wait_until([&] { return db.stored().size() >= stored; }, "some are stored");
    restart();
  }
  {
    const std::lock_guard held(db.lock);
    db.allowed.reset();
  }
  wait_until_drained();
  BOOST_TEST(db.stored() == sids(calls(0, 60)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_database_refuses_is_set_aside_and_does_not_hold_up_the_others) {
  db.is(away);
  record(calls(1, 5));
  db.refuses = {call_sid(2), call_sid(4)};
  db.is(there);
  wait_until_drained();
  BOOST_TEST(db.stored() == (std::vector{call_sid(1), call_sid(3), call_sid(5)}), boost::test_tools::per_element());
  BOOST_TEST(log.has("ALERT JOURNAL_REFUSED company co_acme00000001: voice " + call_sid(2)), log.all());
  std::filesystem::rename(settings.folder / "refused.log", settings.folder / "00000099.log"); // its cause is gone
  db.refuses.clear();
  restart();
  wait_until_drained();
  BOOST_TEST(db.stored().size() == 5);
}

BOOST_AUTO_TEST_CASE(what_no_database_takes_is_refused_at_once_and_not_kept) {
  db.is(away);
  auto broken = voice_event(2);
  broken.params = "Body=\xED\xA0\x80";
  const auto outcomes = record({voice_event(1), broken});
  BOOST_TEST((!outcomes[0].refused && outcomes[1].refused));
  BOOST_TEST(gauge_value("trunkline_journal_events") == 1);
}

BOOST_AUTO_TEST_CASE(a_database_that_can_not_bear_much_at_once_gets_less) {
  db.is(away);
  record(calls(1, 200));
  {
    const std::lock_guard held(db.lock);
    db.most_at_once = 1;
  }
  db.is(there);
  wait_until_drained();
  BOOST_TEST(db.stored() == sids(calls(1, 200)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_full_journal_refuses_as_without_one_and_takes_again_what_comes_afterwards) {
  inbox.reset();
  settings.limits = {2000, 500};
  inbox = begin();
  db.is(away);
  int taken = 0;
  core::expected<std::vector<persistence::inbox_outcome>> last;
  for (int n = 0; n < 100; ++n) {
    const auto one = calls(n, 1);
    last = inbox->record(pointers(one));
    taken += last.has_value();
  }
  BOOST_TEST((taken > 1 && taken < 20));
  BOOST_CHECK(last.error().code == core::ec::database_unavailable);
  db.is(there);
  wait_until_drained();
  BOOST_TEST(db.stored().size() == static_cast<size_t>(taken));
  db.is(away);
  record(calls(200, 1));
}

BOOST_AUTO_TEST_CASE(a_folder_that_can_not_be_written_is_as_if_there_were_no_journal) {
  std::ofstream(home.path() / "journal") << "a file stands in the way";
  db.is(away);
  const auto one = calls(1, 1);
  for (int i = 0; i < 2; ++i) {
    const auto refused = inbox->record(pointers(one));
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == core::ec::database_unavailable);
  }
  db.is(there);
  record(one);
  BOOST_TEST(db.stored().size() == 1);
}

BOOST_AUTO_TEST_CASE(under_load_that_never_pauses_the_journal_is_empty_in_the_end) {
  db.is(away);
  record(calls(0, 400));
  std::atomic<bool> enough = false;
  std::atomic<int> next = 400;
  db.at_work = [&] { // it is never faster than webhooks come, unless those are held up
    const int before = next;
    for (int i = 0; i < 50 && next == before && !enough; ++i)
      std::this_thread::sleep_for(1ms);
  };
  std::jthread load([&] {
    while (!enough)
      record(calls(next++, 1));
  });
  db.is(there);
  const auto ending = std::chrono::steady_clock::now() + 20s;
  while (!inbox->drained() && std::chrono::steady_clock::now() < ending)
    std::this_thread::sleep_for(1ms);
  BOOST_TEST(inbox->drained());
  enough = true;
  load.join();
  wait_until_drained();
  BOOST_TEST(db.stored() == sids(calls(0, next)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(before_the_start_as_well_a_database_that_can_not_bear_much_at_once_gets_less) {
  db.is(away);
  record(calls(1, 200));
  inbox.reset();
  db.most_at_once = 20;
  db.is(there);
  session_of session(db);
  int failures = 0;
  BOOST_TEST(bool(persistence::drain_journals(home.path() / "journal", session, [&](const core::error* failure) {
    failures += failure != nullptr;
    return failures < 50;
  })));
  BOOST_TEST(db.stored() == sids(calls(1, 200)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_other_workers_have_left_is_drained_whoever_they_were) {
  inbox.reset();
  db.is(away);
  for (const int worker : {3, 1, 12}) {
    settings.folder = home.path() / "journal" / std::to_string(worker);
    inbox = begin();
    record(calls(worker * 10, 2));
    inbox.reset();
  }
  session_of session(db);
  const auto drain = [&](int failures) {
    return bool(persistence::drain_journals(home.path() / "journal", session,
                                            [&](const core::error* failure) { return !failure || --failures > 0; }));
  };
  BOOST_TEST(!drain(3));
  BOOST_TEST(persistence::journal::found_in(home.path() / "journal").size() == 3);
  db.is(there);
  BOOST_TEST(drain(1));
  BOOST_TEST(db.stored().size() == 6);
  BOOST_TEST(persistence::journal::found_in(home.path() / "journal").empty());
}

BOOST_AUTO_TEST_SUITE_END()

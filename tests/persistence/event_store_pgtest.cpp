#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/live_event_cases.hpp"

// -- several nodes ----------------------------------------------------------------------------------------------------

namespace {

/// Another process with the same database.
struct two_nodes : live_events {
  std::unique_ptr<persistence::database> there = open();
  std::unique_ptr<persistence::inbox_store> inbox_there = persistence::make_inbox_store(*there);

  void record_there(const std::vector<core::webhook_event>& events) { must(inbox_there->record(pointers(events))); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_store_of_several_nodes, two_nodes)

BOOST_AUTO_TEST_CASE(what_one_node_begins_to_watch_all_others_tell_of_from_their_next_webhook_on) {
  record_there({voice_event(1), sms_event(1)});
  watch();
  record_there({voice_event(2)});
  BOOST_TEST(told() == "1 call_updated");
  record_there({status_event(1, "read", 3000)}); // not by the single statement
  BOOST_TEST(told(1) == "2 message_status");
  record_there({sms_event(1)}); // a repetition
  record_there({sms_event(2)});
  BOOST_TEST(told(2) == "3 new_message 4 channel_updated");
}

BOOST_AUTO_TEST_CASE(the_first_webhook_after_a_beginning_is_told_also_if_it_needs_a_transaction) {
  record_there({sms_event(1)});
  watch();
  record_there({status_event(1, "read", 3000)});
  BOOST_TEST(told() == "1 message_status");
}

BOOST_AUTO_TEST_CASE(what_one_node_lets_lapse_no_other_keeps_and_what_begins_again_all_do) {
  watch();
  record_there({voice_event(1)});
  must(events->let_lapse({noon.ms + 1}));
  record_there({voice_event(2)});
  BOOST_TEST(told() == "1 call_updated");
  watch();
  record_there({voice_event(3)});
  BOOST_TEST(told(1) == "2 resync 3 call_updated");
}

BOOST_AUTO_TEST_CASE(a_transaction_that_does_not_know_of_a_watcher_is_waited_for) {
  const auto connection = there->connect();
  persistence::watch_start start;
  must(connection->run("lasting", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
    persistence::execute(sql, "insert into company_watch (company_id, last_seq, watched_at) values ('co_x', 0, 1)");
    start = must(events->watch(acme, noon));
    BOOST_TEST(must(events->settled_to()) < start.horizon);
    return {};
  }));
  BOOST_TEST(must(events->settled_to()) >= start.horizon);
}

BOOST_AUTO_TEST_CASE(who_was_not_told_of_a_watcher_finds_out_by_himself) {
  record_there({voice_event(1)});
  change("insert into company_watch (company_id, last_seq, watched_at) values ('co_acme00000001', 0, 1)"); // and died
  record_there({voice_event(2)});
  BOOST_TEST(told() == "");
  must(persistence::make_event_store(*there)->refresh());
  record_there({voice_event(3)});
  BOOST_TEST(told() == "1 call_updated");
}

BOOST_AUTO_TEST_CASE(a_watch_whose_beginner_has_died_before_he_told_is_told_of_by_the_next) {
  record_there({voice_event(1)});
  change(fmt::format("insert into company_watch (company_id, last_seq, watched_at) values ('co_acme00000001', 0, {})",
                     noon.ms));
  must(events->refresh()); // here it is known, there it is not
  BOOST_TEST(watch(acme, {noon.ms + 5'000}) == 0);
  record_there({voice_event(2)});
  BOOST_TEST(told() == "1 call_updated");
}

BOOST_AUTO_TEST_CASE(who_joins_a_watch_that_all_know_of_waits_for_nobody) {
  BOOST_TEST(must(events->watch(acme, noon)).horizon > 0);
  BOOST_TEST(must(events->watch(acme, {noon.ms + 1'000})).horizon > 0);
  BOOST_TEST(must(events->watch(acme, {noon.ms + 120'000})).horizon == 0);
  BOOST_TEST(must(persistence::make_event_store(*there)->watch(acme, {noon.ms + 120'000})).horizon > 0);
  must(events->watch(acme, {noon.ms + 7'200'000}));
  BOOST_TEST(count("select watched_at from company_watch") == noon.ms + 7'200'000);
}

BOOST_AUTO_TEST_CASE(a_reader_is_woken_by_what_another_node_keeps) {
  using namespace std::chrono_literals;
  const auto here = persistence::make_event_news(*db), far = persistence::make_event_news(*there);
  here->wait(0ms);
  watch();
  record_there({voice_event(1)});
  const std::jthread speaking([&] { far->wait(5s); });
  const auto begun = std::chrono::steady_clock::now();
  here->wait(10s);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 9s));
  far->wake();
}

BOOST_AUTO_TEST_SUITE_END()

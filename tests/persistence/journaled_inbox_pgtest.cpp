// A real server that is stopped, frozen and started again; the fake of journaled_inbox_test.cpp knows only what we do.

#include "persistence/journaled_inbox.hpp"
#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/journal_samples.hpp"

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;

namespace {

using seconds = std::chrono::duration<double>;

/// A server of these tests' own: one with the databases of a hundred others takes long to stop and to start.
postgres_server& own_server() {
  static postgres_server server;
  return server;
}

struct own_place {
  std::string url = own_server().new_database();
};

struct outage_fixture : database_fixture<own_place> {
  postgres_server& server = own_server();
  temp_folder home;
  listened_log log;
  std::unique_ptr<persistence::journaled_inbox> journaled = begin();

  ~outage_fixture() {
    server.thaw();
    journaled.reset();
  }

  std::unique_ptr<persistence::journaled_inbox> begin() {
    return must(persistence::journaled_inbox::open(persistence::make_inbox_store(*db), {home.path() / "1"}));
  }

  seconds keep(const std::vector<core::webhook_event>& events) {
    const auto begun = std::chrono::steady_clock::now();
    for (const auto& outcome : must(journaled->record(pointers(events))))
      BOOST_TEST(!outcome.refused.has_value());
    return std::chrono::steady_clock::now() - begun;
  }

  seconds wait_until_drained() {
    const auto begun = std::chrono::steady_clock::now();
    wait_until([&] { return journaled->drained(); }, "drained");
    return std::chrono::steady_clock::now() - begun;
  }

  void each_is_there_once(long long events) {
    BOOST_TEST(count("select count(*) from webhook_event") == events);
    BOOST_TEST(count("select count(distinct sid) from webhook_event") == events);
    BOOST_TEST(count("select count(*) from call") == events);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(inbox_during_an_outage, outage_fixture)

BOOST_AUTO_TEST_CASE(ten_thousand_webhooks_of_an_outage_are_in_the_database_5_s_after_it) {
  constexpr int all = 10'000, batch = 100;
  keep(calls(0, batch)); // with the server there
  server.stop();
  seconds longest{};
  for (int n = batch; n < all; n += batch)
    longest = std::max(longest, keep(calls(n, batch)));
  server.start_again();
  const auto took = wait_until_drained();
  BOOST_TEST_MESSAGE("longest batch " << longest.count() << " s, drained after " << took.count() << " s");
  BOOST_TEST(took.count() < 5.0);
  each_is_there_once(all);
}

BOOST_AUTO_TEST_CASE(one_batch_waits_for_a_frozen_server_and_those_behind_it_do_not) {
  keep(calls(0, 10));
  server.freeze();
  const auto first = keep(calls(10, 10)).count();
  BOOST_TEST((first > 1.5 && first < 6.0), first); // 2 s is the deadline of a statement
  for (int n = 20; n < 120; n += 10)
    BOOST_TEST(keep(calls(n, 10)).count() < 1.0);
  BOOST_TEST(must(journaled->record(pointers({voice_event(50, "<other/>")})))[0].answer.body ==
             voice_event(50).answer.body);
  server.thaw();
  wait_until_drained();
  each_is_there_once(120); // also what was on its way when it froze
}

BOOST_AUTO_TEST_CASE(a_node_that_ended_in_the_outage_or_half_way_through_draining_goes_on_where_it_was) {
  server.stop();
  for (int n = 0; n < 3000; n += 100)
    keep(calls(n, 100));
  journaled.reset();
  journaled = begin();
  keep(calls(3000, 100));
  server.start_again();
  wait_until([&] { return count("select count(*) from webhook_event") >= 512; }, "some are there");
  journaled.reset();
  const auto half_way = count("select count(*) from webhook_event");
  BOOST_TEST_MESSAGE("ended with " << half_way << " of 3100 in the database");
  journaled = begin();
  wait_until_drained();
  each_is_there_once(3100);
}

BOOST_AUTO_TEST_CASE(what_the_server_refuses_for_itself_does_not_hold_up_the_rest) {
  server.stop();
  auto huge = voice_event(2);
  huge.key.sid.clear();
  for (int i = 0; i < 4000; ++i) // more than a row of an index may have, and not to be compressed
    huge.key.sid += fmt::format("{:x}", std::hash<int>{}(i * 7919) * 2654435761u % 0xffff);
  keep({voice_event(1), huge, voice_event(3)});
  server.start_again();
  wait_until_drained();
  each_is_there_once(2);
  BOOST_TEST(log.has("ALERT JOURNAL_REFUSED"));
}

BOOST_AUTO_TEST_CASE(messages_and_opt_outs_of_an_outage_are_stored_as_if_there_had_been_none) {
  auto stop = sms_event(1, "STOP");
  stop.opt_out = core::opt_out_change{core::phone_number("+15559876543"), true};
  server.stop();
  keep({stop});
  keep({status_event(1, "read", 3000)});
  keep({sms_event(2, "\xF0\x9F\x98\x80")});
  server.start_again();
  wait_until_drained();
  BOOST_TEST(message(1).status == "read");
  BOOST_TEST(message(2).content == "\xF0\x9F\x98\x80");
  BOOST_TEST(count("select count(*) from opt_out where opted_out = 1") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

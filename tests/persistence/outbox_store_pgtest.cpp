#include "tests/persistence/database_on_postgresql.hpp"
#include "tests/persistence/outbox_cases.hpp"

#include <latch>
#include <thread>

BOOST_FIXTURE_TEST_SUITE(an_outbox_beside_an_inbox, with_an_outbox)

BOOST_AUTO_TEST_CASE(answers_and_callbacks_about_the_same_messages_do_not_wait_for_each_other_in_a_circle) {
  constexpr int rounds = 10, each = 40;
  const auto connections = [this] {
    return count("select count(*) from pg_stat_activity where datname = current_database()");
  };
  const auto before = connections();
  {
    const auto there = open();
    const auto inbox_there = persistence::make_inbox_store(*there);
    const auto stores_there = persistence::make_stores(*there, keys);
    for (int round = 0; round < rounds; ++round) {
      for (int n = 0; n < each; ++n)
        enqueue(round * each + n);
      std::vector<core::send_result> answers;
      std::vector<core::webhook_event> callbacks;
      for (const auto& going : claim(wish(noon)).go) { // the SIDs are in the opposite order of the ids
        const int sid = 10'000 - round * each - static_cast<int>(answers.size());
        answers.push_back({going.message.id, going.attempt, noon, core::send_accepted{message_sid(sid), "queued", 1}});
        callbacks.push_back(status_event(sid, "sent", noon.ms + 1));
        callbacks.back().message_status->message = going.message.id;
      }
      BOOST_REQUIRE_EQUAL(answers.size(), each);
      std::latch both(2);
      core::expected<void> answered;
      std::jthread answering([&] {
        both.arrive_and_wait();
        answered = stores_there.outbox->settle(mine, acme, answers, {"2023-11-14", {}}, {});
      });
      both.arrive_and_wait();
      const auto called = inbox_there->record(pointers(callbacks));
      answering.join();
      must(answered), must(called);
    }
  }
  while (connections() > before) // who ends tells what he has seen
    std::this_thread::yield();
  BOOST_TEST(count("select deadlocks from pg_stat_database where datname = current_database()") == 0);
  BOOST_TEST(count("select count(*) from message where status = 'sent' and twilio_sid <> ''") == rounds * each);
}

BOOST_AUTO_TEST_SUITE_END()

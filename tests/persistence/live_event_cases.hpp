// The same cases for both dialects; the fixture `fresh_database` says which.

#include "core/channel.hpp"
#include "persistence/event_log.hpp"
#include "persistence/event_news.hpp"
#include "persistence/event_store.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

namespace trunkline::tests {

struct live_events : fresh_database {
  static constexpr core::timestamp noon{1'700'000'000'000};
  std::unique_ptr<persistence::event_store> events = persistence::make_event_store(*db);

  int64_t watch(const core::tenant_id& company = acme, core::timestamp at = noon) {
    return must(events->watch(company, at)).last_seq;
  }

  /// "1 new_message 2 channel_updated"
  std::string told(int64_t after = 0, const core::tenant_id& company = acme) {
    std::string out;
    for (const auto& event : must(events->read(company, after, 1000)))
      out += fmt::format("{}{} {}", out.empty() ? "" : " ", event.seq, core::to_string(event.type));
    return out;
  }

  void append(const std::vector<core::live_event>& all) {
    const auto connection = db->connect();
    must(connection->run("appending", persistence::access::write, [&](soci::session&) -> core::expected<void> {
      persistence::append_events(all);
      return {};
    }));
  }

  void make_company() {
    core::tenant company;
    company.id = acme, company.name = "Acme";
    must(stores.tenants->create(company, somebody));
  }

  core::alert_cause cause{{core::alert_code::voice_fallback, acme, ""}, core::alert_severity::warning, "t", "d", "f"};
};

inline core::live_event progress(const core::tenant_id& company, int64_t at, const std::string& data = "{}") {
  return {company, core::live_event_type::campaign_progress, "sms_1", core::channel_id(), data, {at}};
}

} // namespace trunkline::tests

using namespace trunkline;
using namespace trunkline::tests;

BOOST_FIXTURE_TEST_SUITE(event_store, live_events)

BOOST_AUTO_TEST_CASE(of_a_company_that_nobody_watches_nothing_is_kept) {
  record({sms_event(1), voice_event(1)});
  append({progress(acme, 1)});
  watch(other);
  record({sms_event(2), voice_event(2)});
  BOOST_TEST(count("select count(*) from company_event") == 0);
  BOOST_TEST(count("select count(*) from message") == 2);
}

BOOST_AUTO_TEST_CASE(what_is_stored_of_a_watched_company_is_told_in_the_transaction_that_stores_it) {
  BOOST_TEST(watch() == 0);
  record({sms_event(1)});
  BOOST_TEST(told() == "1 new_message 2 channel_updated");
  record({voice_event(1)});
  BOOST_TEST(told(2) == "3 call_updated");
  record({status_event(1, "read", 3000)});
  BOOST_TEST(told(3) == "4 message_status");
  record({sms_event(2), voice_event(2), sms_event(3)});
  BOOST_TEST(told(4) == "5 new_message 6 new_message 7 channel_updated 8 call_updated");
  BOOST_TEST(watch() == 8);
  BOOST_TEST(told(0, other) == "");
}

BOOST_AUTO_TEST_CASE(an_event_is_about_what_there_is_now) {
  make_company();
  watch();
  record({sms_event(1, "hello"), voice_event(1)});
  must(stores.alerts->raise(cause, noon, false));
  const auto kept = must(events->read(acme, 0, 10));
  const auto known = must(events->subjects(acme, kept));
  BOOST_REQUIRE_EQUAL(kept.size(), 4);
  BOOST_TEST(known.messages.at(kept[0].subject).content == "hello");
  BOOST_TEST((kept[0].channel == known.messages.at(kept[0].subject).channel));
  BOOST_TEST(known.channels.at(kept[1].subject).unread_count == 1);
  BOOST_TEST(known.channels.at(kept[1].subject).last_message.value().content == "hello");
  BOOST_TEST(known.calls.at(kept[2].subject).facts.call_sid == call_sid(1));
  BOOST_TEST((known.alerts.at(kept[3].subject).key == cause.key));
  change("delete from message");
  BOOST_TEST(must(events->subjects(acme, kept)).messages.empty());
}

BOOST_AUTO_TEST_CASE(a_repeated_webhook_is_told_once_on_whichever_url_it_comes_again) {
  watch();
  auto elsewhere = sms_event(1);
  elsewhere.key.kind = core::webhook_kind::fallback;
  record({sms_event(1), sms_event(1), voice_event(1)});
  record({sms_event(1), elsewhere, voice_event(1)});
  record({status_event(7, "delivered", 3000)}); // of a message that is not here
  BOOST_TEST(told() == "1 new_message 2 channel_updated 3 call_updated");
}

BOOST_AUTO_TEST_CASE(of_a_batch_only_the_watched_companies_are_told) {
  watch(other);
  auto theirs = sms_event(5);
  theirs.key.tenant = theirs.message->tenant = other;
  theirs.message->id.value = "msg_theirs";
  theirs.message->channel = core::channel_id("ch_theirs");
  record({sms_event(1), theirs, voice_event(1)});
  BOOST_TEST(told() == "");
  BOOST_TEST(told(0, other) == "1 new_message 2 channel_updated");
}

BOOST_AUTO_TEST_CASE(what_is_undone_leaves_no_gap) {
  watch();
  const auto connection = db->connect();
  const auto failed = connection->run("failing", persistence::access::write, [&](soci::session&) {
    persistence::append_events({progress(acme, 1), progress(acme, 2)});
    return core::expected<void>(core::fail(core::ec::invalid_state));
  });
  BOOST_TEST(!failed);
  append({progress(acme, 3)});
  BOOST_TEST(told() == "1 campaign_progress");
}

BOOST_AUTO_TEST_CASE(numbers_have_no_gaps_and_come_in_order_however_many_append_at_once) {
  constexpr int writers = 6, each = 30;
  watch(), watch(other);
  std::atomic<bool> done{false};
  std::vector<std::string> failures(writers);
  int64_t seen = 0;
  bool in_order = true;
  {
    std::jthread reader([&] { // who has seen a number has seen all before it
      const auto mine = persistence::make_event_store(*db);
      for (bool last = false; !last;) {
        last = done;
        const auto found = mine->read(acme, seen, 1000);
        for (const auto& event : found.value_or(std::vector<core::kept_event>()))
          in_order = in_order && event.seq == ++seen;
      }
    });
    std::vector<std::jthread> threads;
    for (int w = 0; w < writers; ++w)
      threads.emplace_back([&, w] {
        const auto mine = persistence::make_inbox_store(*db);
        const auto connection = db->connect();
        for (int n = 0; n < each; ++n) { // by the inbox, or directly for two companies in either order
          const int id = w * each + n;
          auto stored =
              n % 2 == 0
                  ? mine->record(pointers({voice_event(id), voice_event(10'000 + id)})).map([](const auto&) {})
                  : connection->run("appending", persistence::access::write, [&](soci::session&) {
                      std::vector<core::live_event> two = {progress(acme, id), progress(other, id), progress(acme, id)};
                      if (w % 2 == 1)
                        std::swap(two[0], two[1]);
                      persistence::append_events(two);
                      return core::expected<void>();
                    });
          if (!stored)
            failures[static_cast<size_t>(w)] = stored.error().context;
        }
      });
    threads.clear();
    done = true;
  }
  for (const auto& failure : failures)
    BOOST_TEST(failure == "");
  BOOST_TEST(in_order);
  BOOST_TEST(seen == writers * each * 2);
  BOOST_TEST(count("select max(seq) - count(*) from company_event where company_id = 'co_other0000001'") == 0);
  BOOST_TEST(watch() == writers * each * 2);
}

BOOST_AUTO_TEST_CASE(when_nobody_has_watched_for_long_nothing_is_kept_and_who_returns_hears_so) {
  watch(acme, {noon.ms});
  record({voice_event(1)});
  must(events->let_lapse({noon.ms})); // just now
  record({voice_event(2)});
  BOOST_TEST(told() == "1 call_updated 2 call_updated");
  must(events->let_lapse({noon.ms + 1}));
  record({voice_event(3)});
  BOOST_TEST(told() == "1 call_updated 2 call_updated");
  BOOST_TEST(watch() == 3);
  BOOST_TEST(told(2) == "3 resync");
  BOOST_TEST(must(events->read(acme, 2, 1)).front().data == core::history_gone);
  record({voice_event(4)});
  BOOST_TEST(told(3) == "4 call_updated");
  BOOST_TEST(watch() == 4);
}

BOOST_AUTO_TEST_CASE(who_goes_on_watching_keeps_it_from_lapsing) {
  watch(), watch(other);
  BOOST_TEST(must(events->still_watched({acme}, {noon.ms + 5000})));
  must(events->let_lapse({noon.ms + 5000}));
  BOOST_TEST(!must(events->still_watched({acme, other}, {noon.ms + 9000}))); // the other one has lapsed
  record({voice_event(1)});
  BOOST_TEST(told() == "1 call_updated");
}

BOOST_AUTO_TEST_CASE(heads_are_those_of_the_companies_that_are_asked_for) {
  watch(), watch(other);
  record({voice_event(1)});
  const auto heads = must(events->heads({acme, core::tenant_id("co_nobody00000")}));
  BOOST_REQUIRE_EQUAL(heads.size(), 1);
  BOOST_TEST((heads[0].first == acme && heads[0].second == 1));
  BOOST_TEST(must(events->heads({})).empty());
}

BOOST_AUTO_TEST_CASE(what_is_too_old_or_too_much_is_removed_a_part_at_a_time) {
  watch(), watch(other);
  std::vector<core::live_event> all;
  for (int n = 1; n <= 20; ++n)
    all.push_back(progress(acme, n == 12 ? 1 : n * 10)); // a clock that was behind for a moment
  append(all);
  append({progress(other, 500)});
  BOOST_TEST(must(events->prune({}, {100}, 1000, 4)).has_value());
  BOOST_TEST(told().starts_with("5 "));
  const auto prune = [&](int64_t before, int64_t most) {
    for (auto next = std::optional<core::tenant_id>(core::tenant_id()); next;)
      next = must(events->prune(*next, {before}, most, 4));
  };
  prune(100, 1000);
  BOOST_TEST(told().starts_with("10 ")); // number 12 stays: what is younger has a smaller number
  prune(100, 6);
  BOOST_TEST(told().starts_with("15 "));
  BOOST_TEST(told(0, other) == "1 campaign_progress");
  prune(1000, 6);
  BOOST_TEST(told() == "");
  BOOST_TEST(watch() == 20);
  append({progress(acme, 2000)});
  BOOST_TEST(told() == "21 campaign_progress");
}

BOOST_AUTO_TEST_CASE(an_alert_is_told_when_it_opens_is_acknowledged_and_ends) {
  make_company();
  watch();
  const auto alert = must(stores.alerts->raise(cause, noon, false));
  must(stores.alerts->raise(cause, {noon.ms + 1}, false));
  BOOST_TEST(told() == "1 alert");
  must(stores.alerts->acknowledge(alert.id, noon, somebody));
  must(stores.alerts->acknowledge(alert.id, noon, somebody));
  BOOST_TEST(told(1) == "2 alert");
  must(stores.alerts->resolve(cause.key, {}, {noon.ms + 2}, false));
  BOOST_TEST(told(2) == "3 alert");
  auto platform = cause;
  platform.key.company = {};
  must(stores.alerts->raise(platform, noon, false));
  BOOST_TEST(count("select count(*) from company_event") == 3);
}

BOOST_AUTO_TEST_CASE(a_channel_is_told_when_it_is_read_and_when_its_counterpart_is_opted_out_or_in) {
  record({sms_event(1)});
  watch();
  const auto m = sms_event(1).message.value();
  must(stores.channels->mark_read(acme, m.channel, noon));
  must(stores.channels->mark_read(acme, m.channel, noon));
  BOOST_TEST(told() == "1 channel_updated");
  must(stores.opt_outs->add(acme, m.user_phone_number, noon, somebody));
  must(stores.opt_outs->add(acme, m.user_phone_number, noon, somebody));
  must(stores.opt_outs->remove(acme, m.user_phone_number, noon, somebody));
  BOOST_TEST(told(1) == "2 channel_updated 3 channel_updated");
  must(stores.opt_outs->add(acme, core::phone_number("+15550000009"), noon, somebody));
  BOOST_TEST(told(3) == "");
}

BOOST_AUTO_TEST_CASE(a_reader_is_woken_by_what_is_kept_and_by_nothing_else) {
  using namespace std::chrono_literals;
  const auto waited = [](auto work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::steady_clock::now() - begun;
  };
  const auto news = persistence::make_event_news(*db);
  news->wait(0ms); // what a new connection may have missed
  watch();
  record({voice_event(1)});
  BOOST_TEST((waited([&] { news->wait(10s); }) < 9s));
  for (int quiet = 0; quiet < 3; ++quiet) // PostgreSQL tells us of our own as well
    news->wait(100ms);
  auto theirs = voice_event(2);
  theirs.key.tenant = other;
  record({theirs});
  BOOST_TEST((waited([&] { news->wait(200ms); }) >= 190ms));
  news->wake();
  BOOST_TEST((waited([&] { news->wait(10s); }) < 9s));
}

BOOST_AUTO_TEST_SUITE_END()

// The same cases for both dialects; the fixture `fresh_database` says which.

#include <algorithm>
#include <barrier>
#include <random>
#include <thread>

using namespace trunkline;
using namespace trunkline::tests;

BOOST_FIXTURE_TEST_SUITE(inbox_store, fresh_database)

BOOST_AUTO_TEST_CASE(a_webhook_twice_in_one_batch_is_one_row_with_the_first_answer) {
  const auto outcomes = record({voice_event(1, "<first/>"), voice_event(2), voice_event(1, "<second/>")});
  BOOST_TEST(!outcomes[0].duplicate);
  BOOST_TEST(!outcomes[1].duplicate);
  BOOST_TEST(outcomes[2].duplicate);
  BOOST_TEST(outcomes[2].answer.body == "<first/>");
  BOOST_TEST(outcomes[1].answer.body == "<Response>2</Response>");
  BOOST_TEST(count("select count(*) from webhook_event") == 2);
}

BOOST_AUTO_TEST_CASE(a_webhook_that_comes_back_later_gets_the_first_answer_byte_for_byte) {
  auto first = voice_event(1, "<first>\xF0\x9F\x98\x80 \"quoted\\\"</first>");
  record({first});
  auto again = voice_event(1, "<second/>");
  again.answer.status = 503;
  again.call->from = "+19999999999";
  const auto outcomes = record({voice_event(3), again});
  BOOST_TEST(outcomes[1].duplicate);
  BOOST_CHECK(outcomes[1].answer == first.answer);
  BOOST_TEST(!outcomes[0].duplicate);
  BOOST_TEST(count("select count(*) from webhook_event") == 2);
  BOOST_TEST(count("select count(*) from call where from_party = '+19999999999'") == 0);
}

BOOST_AUTO_TEST_CASE(every_part_of_the_key_makes_another_event) {
  std::vector<core::webhook_event> events(7, voice_event(1));
  events[1].key.tenant = other;
  events[2].key.kind = core::webhook_kind::dial;
  events[3].key.sid = call_sid(2);
  events[4].key.status = "completed";
  events[5].key.sequence = 0;
  events[6].key.step = 0;
  for (const auto& outcome : record(events))
    BOOST_TEST(!outcome.duplicate);
  BOOST_TEST(count("select count(*) from webhook_event") == 7);
}

BOOST_AUTO_TEST_CASE(sessions_that_store_the_same_webhooks_at_the_same_time_agree_on_every_answer) {
  constexpr int sessions = 4, rounds = 15, size = 20;
  std::vector<std::vector<std::vector<persistence::inbox_outcome>>> seen(sessions);
  std::vector<std::string> failures(sessions);
  std::barrier start(sessions);
  std::vector<std::jthread> threads;
  for (int s = 0; s < sessions; ++s)
    threads.emplace_back([&, s] {
      const auto mine = persistence::make_inbox_store(*db);
      for (int round = 0; round < rounds; ++round) {
        std::vector<core::webhook_event> events;
        for (int n = 0; n < size; ++n)
          events.push_back(voice_event(round * size + n, fmt::format("<by{}/>", s)));
        if (s % 2 == 1) // in the opposite order, which would be a deadlock if it stayed so
          std::reverse(events.begin(), events.end());
        start.arrive_and_wait();
        auto outcomes = mine->record(pointers(events));
        if (!outcomes) {
          failures[s] = outcomes.error().context;
          outcomes.emplace(size);
        }
        if (s % 2 == 1)
          std::reverse(outcomes->begin(), outcomes->end());
        seen[s].push_back(std::move(*outcomes));
      }
    });
  threads.clear();
  for (const auto& failure : failures)
    BOOST_TEST(failure == "");
  for (int round = 0; round < rounds; ++round)
    for (int n = 0; n < size; ++n) {
      int winners = 0;
      for (int s = 0; s < sessions; ++s) {
        winners += !seen[s][round][n].duplicate;
        BOOST_TEST(seen[s][round][n].answer.body == seen[0][round][n].answer.body);
      }
      BOOST_TEST(winners == 1);
    }
  BOOST_TEST(count("select count(*) from webhook_event") == rounds * size);
}

/// Many things that can be known of one call, each with its own event.
std::vector<core::webhook_event> story_of_a_call() {
  std::vector<core::webhook_event> story;
  const auto add = [&](auto fill) {
    auto event = voice_event(7);
    event.key.sequence = static_cast<int64_t>(story.size());
    core::call_facts facts;
    facts.call_sid = call_sid(7);
    fill(facts);
    event.call = facts;
    story.push_back(event);
  };
  const auto at = [](int64_t ms) { return core::timestamp{1'700'000'000'000 + ms}; };
  add([&](auto& f) { f.status = "ringing", f.started_at = at(10), f.from = "+15559876543", f.to = "+15551234567"; });
  add([&](auto& f) { f.status = "in-progress", f.answered_at = at(500), f.direction = "inbound"; });
  add([&](auto& f) { f.status = "completed", f.ended_at = at(9000), f.duration_seconds = 8; });
  add([&](auto& f) { f.status = "canceled", f.ended_at = at(8000), f.duration_seconds = 9; });
  add([&](auto& f) { f.status = "busy", f.started_at = at(5); });
  add([&](auto& f) { f.status = "unheard-of", f.answered_at = at(400); });
  add([&](auto& f) {
    f.route_configured = "forward", f.steps[0] = core::route_step{"forward", "taken", "", at(11)}.encode();
  });
  add([&](auto& f) { f.steps[0] = core::route_step{"forward", "failed", "busy", at(30)}.encode(); });
  add([&](auto& f) { f.steps[1] = core::route_step{"voicemail", "taken", "", at(31)}.encode(); });
  add([&](auto& f) { f.recording = core::call_recording{"RE1", "in-progress", {}, ""}.encode(); });
  add([&](auto& f) { f.recording = core::call_recording{"RE1", "completed", 31, "https://api.example/RE1"}.encode(); });
  add([&](auto& f) {
    f.transcription = core::call_transcription{"completed", "\xC3\xA4h, call back | please"}.encode();
  });
  add([&](auto& f) { f.transcription = core::call_transcription{"failed", ""}.encode(); });
  return story;
}

BOOST_AUTO_TEST_CASE(facts_of_a_call_in_any_order_and_doubled_make_the_row_that_merge_makes) {
  const auto story = story_of_a_call();
  core::call_facts expected;
  for (const auto& event : story)
    expected = core::merge(expected, *event.call);
  std::mt19937 random(2026);
  for (int round = 0; round < 12; ++round) {
    change("delete from call");
    change("delete from webhook_event");
    auto told = story;
    told.insert(told.end(), story.begin(), story.end());
    std::shuffle(told.begin(), told.end(), random);
    for (size_t from = 0; from < told.size();) { // in batches of different sizes
      const size_t size = std::min<size_t>(1 + random() % 6, told.size() - from);
      record(
          {told.begin() + static_cast<std::ptrdiff_t>(from), told.begin() + static_cast<std::ptrdiff_t>(from + size)});
      from += size;
    }
    BOOST_CHECK(only_call().facts == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_status_never_goes_back_whatever_the_order) {
  record({sms_event(1)});
  change("update message set status = 'queued', status_rank = 0");
  record({status_event(1, "delivered", 3000)});
  record({status_event(1, "sent", 2000), status_event(1, "queued", 1000)});
  BOOST_TEST(message(1).status == "delivered");
  BOOST_TEST(message(1).delivered_at->ms == 3000);
  BOOST_TEST(message(1).sent_at->ms == 2000);
  record({status_event(1, "failed", 4000, 30007), status_event(1, "read", 5000)});
  BOOST_TEST(message(1).status == "read");
}

BOOST_AUTO_TEST_CASE(a_failed_message_keeps_its_error) {
  record({sms_event(1)});
  change("update message set status = 'queued', status_rank = 0");
  record({status_event(1, "sent", 2000), status_event(1, "undelivered", 3000, 30003)});
  BOOST_TEST(message(1).status == "undelivered");
  BOOST_TEST(message(1).error_code.value() == 30003);
}

BOOST_AUTO_TEST_CASE(an_opt_out_is_stored_with_its_webhook_and_an_older_word_does_not_undo_it) {
  auto stop = sms_event(1, "STOP"), start = sms_event(2, "START"), late = sms_event(3, "START");
  stop.opt_out = core::opt_out_change{core::phone_number("+15559876543"), true};
  start.opt_out = late.opt_out = core::opt_out_change{core::phone_number("+15559876543"), false};
  stop.received_at.ms = 2000, start.received_at.ms = 3000, late.received_at.ms = 1000;
  const std::string is_out = "select count(*) from opt_out where phone_number = '+15559876543' and opted_out = 1";
  record({stop});
  BOOST_TEST(count(is_out) == 1);
  record({late});
  BOOST_TEST(count(is_out) == 1);
  record({start});
  BOOST_TEST(count(is_out) == 0);
  record({stop}); // known already: changes nothing
  BOOST_TEST(count(is_out) == 0);
}

/// Somebody asks to be left alone (or no more so) while the clock of the door says `ms`.
core::webhook_event opt_out_event(int n, bool out, int64_t ms) {
  auto event = sms_event(n, out ? "STOP" : "START");
  event.opt_out = core::opt_out_change{core::phone_number("+15559876543"), out};
  event.received_at.ms = ms;
  return event;
}

BOOST_AUTO_TEST_CASE(a_stop_counts_although_the_clock_has_been_set_back_since_the_last_start) {
  const std::string is_out = "select count(*) from opt_out where phone_number = '+15559876543' and opted_out = 1";
  record({opt_out_event(1, false, 9000)});
  record({opt_out_event(2, true, 2000)});
  BOOST_TEST(count(is_out) == 1);
  record({opt_out_event(3, false, 8000)}); // older than a word that is known
  BOOST_TEST(count(is_out) == 1);
  record({opt_out_event(4, false, 10'000)});
  BOOST_TEST(count(is_out) == 0);
}

BOOST_AUTO_TEST_CASE(within_a_batch_a_stop_after_a_start_counts_whatever_the_clock_said) {
  const std::string is_out = "select count(*) from opt_out where phone_number = '+15559876543' and opted_out = 1";
  record({opt_out_event(2, false, 9000), opt_out_event(1, true, 2000)});
  BOOST_TEST(count(is_out) == 1);
  record({opt_out_event(4, true, 10'000), opt_out_event(3, false, 11'000)});
  BOOST_TEST(count(is_out) == 0);
}

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts = {"'",
                                                 "''",
                                                 "\"",
                                                 "\\",
                                                 "\\\\\"",
                                                 "{}",
                                                 "{a,b}",
                                                 "NULL",
                                                 "null",
                                                 "",
                                                 " ",
                                                 "\n\r\t",
                                                 ",",
                                                 ":name",
                                                 "::text",
                                                 "$1",
                                                 "%s%n",
                                                 "'; drop table call; --",
                                                 "\xF0\x9F\x98\x80\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
                                                 "\xE2\x80\xAEright to left",
                                                 "a\x01\x1f\x7f",
                                                 "\xC3\xA9\xCC\x81",
                                                 "the separator \x1f of columns",
                                                 std::string(60'000, 'x'),
                                                 std::string(5'000, '"'),
                                                 std::string(5'000, '\\')};
  return texts;
}

BOOST_AUTO_TEST_CASE(hostile_text_is_stored_and_read_back_equal_alone_and_in_a_batch) {
  std::vector<core::webhook_event> events;
  for (const auto& text : hostile_texts()) {
    const int n = static_cast<int>(events.size());
    auto event = sms_event(n, text);
    event.message->media = {text, "https://example.com/a"};
    event.message->error_message = text;
    event.params = event.answer.body = text;
    event.key.status = text.substr(0, 100);
    events.push_back(event);
  }
  const size_t alone = events.size() / 2;
  for (size_t i = 0; i < alone; ++i)
    record({events[i]});
  record({events.begin() + static_cast<std::ptrdiff_t>(alone), events.end()});
  const auto again = record(events);
  for (size_t i = 0; i < events.size(); ++i) {
    const auto stored = message(static_cast<int>(i));
    BOOST_CHECK(stored.content == hostile_texts()[i]);
    BOOST_CHECK(stored.media.at(0) == hostile_texts()[i]);
    BOOST_CHECK(stored.error_message == hostile_texts()[i]);
    BOOST_CHECK(again[i].answer.body == hostile_texts()[i]);
    BOOST_TEST(again[i].duplicate);
  }
}

BOOST_AUTO_TEST_CASE(of_a_batch_with_calls_and_messages_only_what_is_new_leaves_a_trace) {
  record({voice_event(1), sms_event(1, "first")});
  auto call = voice_event(1), other_call = voice_event(2);
  auto text = sms_event(1, "second"), other_text = sms_event(2, "new");
  call.call->from = "+19999999999";
  const auto outcomes = record({call, text, other_call, other_text});
  BOOST_TEST((outcomes[0].duplicate && outcomes[1].duplicate && !outcomes[2].duplicate && !outcomes[3].duplicate));
  BOOST_TEST(message(1).content == "first");
  BOOST_TEST(message(2).content == "new");
  BOOST_TEST(count("select count(*) from call where from_party = '+19999999999'") == 0);
  BOOST_TEST(count("select count(*) from call") == 2);
}

BOOST_AUTO_TEST_CASE(two_events_of_one_call_in_one_batch_make_one_row) {
  auto ended = voice_event(1);
  ended.key.status = ended.call->status = "completed";
  ended.call->duration_seconds = 12;
  record({voice_event(1), ended, sms_event(1)});
  BOOST_TEST(count("select count(*) from call where status = 'completed' and duration_seconds = 12") == 1);
  BOOST_TEST(count("select count(*) from webhook_event") == 3);
}

BOOST_AUTO_TEST_CASE(a_webhook_that_cannot_be_stored_does_not_take_its_batch_along) {
  auto broken = voice_event(2);
  broken.params = "Body=\xED\xA0\x80";
  auto cut = voice_event(3);
  cut.answer.body = std::string("a\0b", 3);
  const auto outcomes = record({voice_event(1), broken, cut, voice_event(4)});
  BOOST_TEST(outcomes[1].refused.has_value());
  BOOST_TEST(outcomes[2].refused.has_value());
  BOOST_TEST(!outcomes[0].refused.has_value());
  BOOST_TEST(!outcomes[3].duplicate);
  BOOST_TEST(count("select count(*) from webhook_event") == 2);
}

BOOST_AUTO_TEST_CASE(an_empty_batch_is_no_trouble) { BOOST_TEST(record({}).empty()); }

BOOST_AUTO_TEST_CASE(a_call_tells_its_events_with_those_of_its_recording) {
  auto recording = voice_event(1);
  recording.key = {acme, core::webhook_kind::recording, "RE1", "completed", -1, -1};
  recording.received_at.ms += 1000;
  recording.params = "RecordingSid=RE1";
  record({recording, voice_event(1), voice_event(2)});
  const auto found = must(stores.calls->list({acme, "", "", {}, {}, false}, {}));
  BOOST_REQUIRE_EQUAL(found.rows.size(), 2);
  const auto [call, events] = must(stores.calls->find(acme, found.rows[1].id));
  BOOST_TEST(call.facts.call_sid == call_sid(1));
  BOOST_REQUIRE_EQUAL(events.size(), 2);
  BOOST_CHECK(events[0].kind == core::webhook_kind::voice);
  BOOST_CHECK(events[1].kind == core::webhook_kind::recording);
  BOOST_TEST(events[1].params == "RecordingSid=RE1");
  BOOST_TEST(events[1].at.ms == recording.received_at.ms);
}

BOOST_AUTO_TEST_CASE(a_call_of_another_company_is_not_found) {
  record({voice_event(1)});
  const auto result = stores.calls->find(other, only_call().id);
  BOOST_REQUIRE(!result);
  BOOST_CHECK(result.error().code == core::ec::not_found);
}

BOOST_AUTO_TEST_CASE(pages_of_calls_do_not_shift_when_calls_are_added) {
  std::vector<core::webhook_event> events;
  for (int n = 0; n < 25; ++n)
    events.push_back(voice_event(n));
  events[3].call->started_at = events[4].call->started_at; // the same millisecond
  record(events);
  std::vector<std::string> seen;
  core::page_request page{10, {}};
  for (bool more = true; more;) {
    const auto rows = must(stores.calls->list({acme, "", "", {}, {}, false}, page));
    for (const auto& row : rows.rows)
      seen.push_back(row.facts.call_sid);
    more = rows.more;
    page.after = {*rows.rows.back().facts.started_at, rows.rows.back().id.value};
    record({voice_event(1000 + static_cast<int>(seen.size()))}); // newer than all
  }
  BOOST_TEST(seen.size() == 25);
  std::sort(seen.begin(), seen.end());
  BOOST_CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

BOOST_AUTO_TEST_CASE(calls_are_found_by_party_status_time_and_voicemail) {
  auto left = voice_event(1), forwarded = voice_event(2), failed = voice_event(3);
  left.call->steps[1] = core::route_step{"voicemail", "taken", "", core::timestamp{1}}.encode();
  forwarded.call->from = "+12125550100", forwarded.call->status = "completed";
  failed.call->steps[0] = core::route_step{"voicemail", "failed", "", core::timestamp{1}}.encode();
  record({left, forwarded, failed});
  const auto sids = [&](const core::call_filter& filter) {
    std::string out;
    for (const auto& row : must(stores.calls->list(filter, {})).rows)
      out += row.facts.call_sid.back();
    return out;
  };
  BOOST_TEST(sids({acme, "+15551234567", "", {}, {}, false}) == "321");
  BOOST_TEST(sids({acme, "+12125550100", "", {}, {}, false}) == "2");
  BOOST_TEST(sids({acme, "", "completed", {}, {}, false}) == "2");
  BOOST_TEST(sids({acme, "", "", left.received_at, failed.received_at, false}) == "21");
  BOOST_TEST(sids({acme, "", "", {}, {}, true}) == "1");
  BOOST_TEST(sids({other, "", "", {}, {}, false}) == "");
}

BOOST_AUTO_TEST_CASE(a_message_is_read_back_as_it_was_written) {
  auto event = sms_event(1, "hello");
  auto& m = *event.message;
  m.media = {"https://api.example/1", "https://api.example/2"};
  m.price = core::money{-750};
  m.error_code = 30003;
  m.segments = 3;
  m.simulated = true;
  m.sent_at = core::timestamp{5};
  m.campaign_id = "sms_1763661845_k3v9xq";
  record({event});
  const auto stored = message(1);
  BOOST_CHECK(stored.media == m.media);
  BOOST_CHECK(stored.price == m.price);
  BOOST_CHECK(stored.error_code == m.error_code);
  BOOST_CHECK(stored.sent_at == m.sent_at);
  BOOST_TEST(!stored.delivered_at.has_value());
  BOOST_TEST(stored.segments == 3);
  BOOST_TEST(stored.simulated);
  BOOST_TEST(stored.channel.value == m.channel.value);
  BOOST_TEST(stored.campaign_id == m.campaign_id);
  const auto listed =
      must(stores.messages->list({acme, "+15559876543", "received", "inbound", m.campaign_id, {}, {}}, {}));
  BOOST_TEST(listed.rows.size() == 1);
  BOOST_TEST(must(stores.messages->list({acme, "", "", "outbound", "", {}, {}}, {})).rows.empty());
}

BOOST_AUTO_TEST_SUITE_END()

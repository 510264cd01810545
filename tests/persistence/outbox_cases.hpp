// The same cases for both dialects; the fixture `fresh_database` says which.

#include "persistence/event_store.hpp"
#include "persistence/outbox_store.hpp"

#include <set>

using namespace trunkline;
using namespace trunkline::tests;

namespace {

constexpr core::timestamp noon{1'700'000'000'000};
constexpr core::timestamp after(int64_t ms) { return {noon.ms + ms}; }
const core::phone_number ours("+15551234567");

core::phone_number person(int n) { return core::phone_number(fmt::format("+1646555{:04}", n)); }

core::outgoing_message message_to(int n) {
  core::outgoing_message out;
  auto& m = out.message;
  m.id = core::message_id(fmt::format("msg_{:020}", n));
  m.tenant = acme;
  m.direction = "outbound", m.sender = "user", m.communication_type = "sms";
  m.twilio_number = ours, m.user_phone_number = person(n);
  m.channel = core::channel_of(acme, "sms", ours, person(n));
  m.content = fmt::format("Hello {}!", n);
  m.status = "queued", m.encoding = "GSM-7";
  m.price = core::money{750};
  m.created_at = m.updated_at = noon;
  return out;
}

core::send_wish wish(core::timestamp now, size_t room = 100) {
  core::send_wish out;
  out.now = now;
  out.budget.messages = room;
  out.rules.senders = {ours};
  out.spending = {"2023-11-14", {}};
  return out;
}

} // namespace

struct with_an_outbox : fresh_database {
  persistence::outbox_store& outbox = *stores.outbox;
  const core::owned_shard mine{}; // of a node of its own

  with_an_outbox() {
    core::tenant tenant;
    tenant.id = acme, tenant.name = "Acme";
    must(stores.tenants->create(tenant, somebody));
  }

  core::message_record enqueue(int n) {
    return must(outbox.enqueue(message_to(n), core::send_priority::chat, {"2023-11-14", {}}));
  }
  core::send_orders claim(const core::send_wish& wanted) { return must(outbox.claim(mine, acme, wanted)); }
  core::outgoing_message claim_one(core::timestamp now = noon) {
    auto orders = claim(wish(now));
    BOOST_REQUIRE_EQUAL(orders.go.size(), 1u);
    return orders.go.front();
  }
  void settle(const core::outgoing_message& what, decltype(core::send_result::how) how, core::timestamp at = noon) {
    must(outbox.settle(mine, acme, {{what.message.id, what.attempt, at, std::move(how)}}, {"2023-11-14", {}}, {}));
  }
  core::message_record message(int n) { return must(stores.messages->find(message_to(n).message.id)); }
  core::doubtful_message doubtful(core::timestamp now) {
    auto orders = claim(wish(now));
    BOOST_REQUIRE_EQUAL(orders.doubtful.size(), 1u);
    return orders.doubtful.front();
  }
  core::doubt_end resolve(const core::doubtful_message& what, std::optional<std::vector<core::sent_candidate>> shown,
                          core::timestamp now) {
    return must(outbox.resolve(mine, acme, what, shown, false, {}, now));
  }
  core::sent_candidate listed(int sid) { return {message_sid(sid), "sent", noon, {}, 2}; }
};

BOOST_FIXTURE_TEST_SUITE(an_outbox, with_an_outbox)

BOOST_AUTO_TEST_CASE(gives_a_message_out_once_and_follows_it_to_its_end) {
  enqueue(1);
  const auto going = claim_one();
  BOOST_TEST(going.message.content == "Hello 1!");
  BOOST_TEST(going.attempt == 1);
  BOOST_TEST(message(1).status == "sending");
  BOOST_TEST(claim(wish(noon)).go.empty());
  settle(going, core::send_accepted{message_sid(1), "queued", 2}, after(100));
  const auto sent = message(1);
  BOOST_TEST(sent.twilio_sid == message_sid(1));
  BOOST_TEST(sent.segments == 2);
  BOOST_TEST(sent.sent_at->ms == after(100).ms);
  BOOST_TEST(claim(wish(after(200))).empty);
}

BOOST_AUTO_TEST_CASE(takes_a_message_that_is_told_twice_once) {
  enqueue(1);
  BOOST_TEST(enqueue(1).id.value == message_to(1).message.id.value);
  BOOST_TEST(count("select count(*) from outbox") == 1);
}

BOOST_AUTO_TEST_CASE(shows_a_message_in_its_conversation_and_tells_browsers_of_each_step) {
  const auto events = persistence::make_event_store(*db);
  must(events->watch(acme, noon));
  enqueue(1);
  enqueue(1); // told twice
  const auto channel = must(stores.channels->find(acme, message_to(1).message.channel));
  BOOST_TEST((channel.last_message.value().content == "Hello 1!" && channel.unread_count == 0));
  settle(claim_one(), core::send_accepted{message_sid(1), "queued", 2}, after(100));
  std::string told;
  for (const auto& event : must(events->read(acme, 0, 100))) {
    told += fmt::format("{} {};", event.seq, core::to_string(event.type));
    BOOST_TEST((event.channel == channel.id), event.seq << " is about no channel");
  }
  BOOST_TEST(told == "1 new_message;2 channel_updated;3 message_status;4 message_status;");
}

BOOST_AUTO_TEST_CASE(keeps_from_sending_what_somebody_has_stopped_since) {
  enqueue(1);
  change("insert into opt_out (company_id, phone_number, opted_out, source, changed_at) values ('" + acme.value +
         "', '" + person(1).str() + "', 1, 'keyword', 1)");
  const auto orders = claim(wish(noon));
  BOOST_TEST(orders.go.empty());
  BOOST_TEST(orders.refused == 1u);
  BOOST_TEST(message(1).status == "failed");
  BOOST_TEST(message(1).error_message == "The recipient has opted out of messages from this company.");
  BOOST_TEST(outbox.enqueue(message_to(2), core::send_priority::chat, {"2023-11-14", {}}).has_value());
  auto again = message_to(3);
  again.message.user_phone_number = person(1);
  BOOST_CHECK(outbox.enqueue(again, core::send_priority::chat, {"2023-11-14", {}}).error().code ==
              core::ec::recipient_opted_out);
}

BOOST_AUTO_TEST_CASE(spends_no_more_than_the_cap_and_gets_back_what_was_not_sent) {
  for (int n = 1; n <= 3; ++n)
    enqueue(n);
  auto wanted = wish(noon);
  wanted.spending.cap = core::money{1'600};
  const auto orders = claim(wanted);
  BOOST_TEST(orders.go.size() == 2u);
  BOOST_TEST(orders.refused == 1u);
  BOOST_TEST(count("select units from spend") == 1'500);
  settle(orders.go[0], core::send_put_back{after(500), "429"});
  settle(orders.go[1], core::send_rejected{21211, "Invalid phone number format"});
  BOOST_TEST(count("select units from spend") == 0);
  settle(orders.go[1], core::send_rejected{21211, "Invalid phone number format"}); // told twice
  BOOST_TEST(count("select units from spend") == 0);
}

BOOST_AUTO_TEST_CASE(puts_back_what_twilio_did_not_take_and_counts_the_attempts) {
  enqueue(1);
  settle(claim_one(), core::send_put_back{after(500), "429"});
  const auto early = claim(wish(after(499)));
  BOOST_TEST(early.go.empty());
  BOOST_TEST(early.next_due->ms == after(500).ms);
  BOOST_TEST(claim_one(after(500)).attempt == 2);
}

BOOST_AUTO_TEST_CASE(learns_of_an_opt_out_from_twilio) {
  enqueue(1);
  const auto going = claim_one();
  const auto events = persistence::make_event_store(*db);
  must(events->watch(acme, noon));
  settle(going, core::send_rejected{21610, "The recipient has opted out"});
  const auto told = must(events->read(acme, 0, 100));
  BOOST_REQUIRE_EQUAL(told.size(), 2u);
  BOOST_TEST((told[1].type == core::live_event_type::channel_updated && told[1].channel == going.message.channel));
  BOOST_TEST(message(1).status == "failed");
  BOOST_TEST(*message(1).error_code == 21610);
  BOOST_TEST(count("select count(*) from opt_out where opted_out = 1 and source = 'twilio_21610'") == 1);
}

BOOST_AUTO_TEST_CASE(asks_about_what_may_have_gone_out_and_binds_what_twilio_shows) {
  enqueue(1);
  settle(claim_one(), core::send_unknown{"reset"});
  BOOST_TEST(message(1).status == "unknown");
  BOOST_TEST(claim(wish(after(9'999))).doubtful.empty());
  const auto asked = doubtful(after(10'000));
  BOOST_CHECK(resolve(asked, std::vector<core::sent_candidate>(), after(10'000)) == core::doubt_end::ask_again);
  BOOST_TEST(claim(wish(after(10'001))).doubtful.empty());
  BOOST_CHECK(resolve(doubtful(after(60'000)), std::vector{listed(7)}, after(60'000)) == core::doubt_end::went_out);
  BOOST_TEST(message(1).status == "sent");
  BOOST_TEST(message(1).twilio_sid == message_sid(7));
  BOOST_TEST(claim(wish(after(61'000))).empty);
}

BOOST_AUTO_TEST_CASE(does_not_take_another_message_for_the_one_it_looks_for) {
  enqueue(1);
  settle(claim_one(), core::send_accepted{message_sid(7), "queued", {}});
  enqueue(2);
  settle(claim_one(), core::send_unknown{"reset"});
  const auto asked = doubtful(after(core::send_within_ms + 180'000));
  BOOST_CHECK(resolve(asked, std::vector{listed(7)}, after(core::send_within_ms + 180'000)) ==
              core::doubt_end::never_went);
  BOOST_TEST(claim_one(after(core::send_within_ms + 180'001)).attempt == 2);
  BOOST_TEST(message(2).twilio_sid.empty());
}

BOOST_AUTO_TEST_CASE(believes_a_callback_that_comes_before_the_answer) {
  enqueue(1);
  const auto going = claim_one();
  auto told = sms_event(9);
  told.message.reset();
  told.key.kind = core::webhook_kind::status, told.key.status = "sent";
  told.message_status = core::message_status_change{message_sid(9), "sent", {}, after(50), going.message.id};
  record({told});
  BOOST_TEST(message(1).twilio_sid == message_sid(9));
  BOOST_TEST(message(1).status == "sent");
  settle(going, core::send_unknown{"reset"}, after(60));
  BOOST_TEST(message(1).status == "sent");
  const auto asked = doubtful(after(10'000));
  BOOST_CHECK(resolve(asked, std::nullopt, after(10'000)) == core::doubt_end::went_out);
  BOOST_TEST(claim(wish(after(11'000))).empty);
}

BOOST_AUTO_TEST_CASE(doubts_what_an_earlier_life_was_sending) {
  enqueue(1);
  claim_one();
  auto reborn = wish(after(1'000));
  reborn.first = true;
  BOOST_TEST(claim(reborn).go.empty());
  BOOST_TEST(message(1).status == "unknown");
  doubtful(after(10'000));
}

BOOST_AUTO_TEST_CASE(looks_at_every_lane_whatever_waits_in_the_others) {
  for (int n = 1; n <= 250; ++n)
    enqueue(n);
  auto elsewhere = message_to(999);
  elsewhere.message.twilio_number = core::phone_number("+15557654321");
  elsewhere.message.created_at = after(5);
  must(outbox.enqueue(elsewhere, core::send_priority::chat, {"2023-11-14", {}}));
  auto wanted = wish(after(10));
  wanted.rules.senders.insert(elsewhere.message.twilio_number);
  wanted.budget.lanes[core::lane_of("sms", ours)] = 0;
  const auto orders = claim(wanted);
  BOOST_REQUIRE_EQUAL(orders.go.size(), 1u);
  BOOST_TEST(orders.go[0].message.user_phone_number.str() == person(999).str());
  BOOST_TEST(orders.budget_used_up);
}

BOOST_AUTO_TEST_CASE(tells_which_companies_have_something_to_do) {
  BOOST_TEST(must(outbox.due(noon, 10)).empty());
  enqueue(1);
  const auto due = must(outbox.due(noon, 10));
  BOOST_REQUIRE_EQUAL(due.size(), 1u);
  BOOST_TEST(due[0].value == acme.value);
}

BOOST_AUTO_TEST_CASE(leaves_what_stays_unclear_to_somebody_s_word) {
  enqueue(1);
  settle(claim_one(), core::send_unknown{"reset"});
  const auto asked = doubtful(after(900'000));
  BOOST_CHECK(resolve(asked, std::nullopt, after(900'000)) == core::doubt_end::held);
  BOOST_TEST(must(outbox.due(after(1'000'000), 10)).empty());
  BOOST_TEST(message(1).status == "unknown");
  BOOST_CHECK(outbox.decide(other, asked.id, true, noon).error().code == core::ec::not_found);
  BOOST_TEST(must(outbox.decide(acme, asked.id, false, after(900'001))).status == "unknown");
  BOOST_TEST(claim_one(after(900'002)).attempt == 2);
  BOOST_CHECK(outbox.decide(acme, asked.id, true, noon).error().code == core::ec::invalid_state);
}

BOOST_AUTO_TEST_SUITE_END()

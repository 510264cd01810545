// The same cases for both dialects; the fixture `fresh_database` says which.

#include "core/channel.hpp"
#include "persistence/channel_touch.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace trunkline::tests {

inline constexpr int64_t noon = 1'700'000'000'000;

/// Message n, written at noon + n ms by `from` to the company's number.
inline core::webhook_event written(int n, const std::string& from = "+15559876543", const std::string& type = "sms") {
  auto event = sms_event(n, fmt::format("message {}", n));
  auto& m = *event.message;
  m.user_phone_number = core::phone_number(from);
  m.communication_type = type;
  m.channel = core::channel_of(acme, type, m.twilio_number, m.user_phone_number);
  return event;
}

inline core::webhook_event whatsapp(int n, const std::string& profile_name) {
  auto event = written(n, "+15559876543", "whatsapp");
  event.profile_name = profile_name;
  return event;
}

inline core::channel_id channel_with(const std::string& number, const std::string& type = "sms") {
  return core::channel_of(acme, type, core::phone_number("+15551234567"), core::phone_number(number));
}

struct conversations : fresh_database {
  core::channel_record channel(const std::string& number = "+15559876543", const std::string& type = "sms") {
    return must(stores.channels->find(acme, channel_with(number, type)));
  }

  std::vector<core::channel_record> listed(core::channel_filter filter = {acme, "", false},
                                           core::page_request page = {}) {
    return must(stores.channels->list(filter, page)).rows;
  }

  void send(const std::vector<core::message_record>& messages) {
    const auto connection = db->connect();
    must(connection->run("sending", persistence::access::write, [&](soci::session& sql) -> core::expected<void> {
      std::vector<persistence::channel_touch> touches(messages.begin(), messages.end());
      persistence::touch_channels(sql, db->kind(), touches);
      return {};
    }));
  }
};

inline core::message_record answered(int n) {
  auto m = *written(n).message;
  m.id.value = fmt::format("msg_answer{}", n);
  m.direction = "outbound";
  return m;
}

} // namespace trunkline::tests

using namespace trunkline;
using namespace trunkline::tests;

BOOST_FIXTURE_TEST_SUITE(channel_store, conversations)

BOOST_AUTO_TEST_CASE(a_first_message_makes_a_channel_and_each_next_one_moves_it_forward) {
  record({written(1)});
  const auto first = channel();
  BOOST_TEST((first.tenant == acme && first.communication_type == "sms"));
  BOOST_TEST(first.twilio_number.str() == "+15551234567");
  BOOST_TEST(first.user_phone_number.str() == "+15559876543");
  BOOST_TEST((first.unread_count == 1 && !first.opted_out && !first.window_until));
  BOOST_TEST(first.last_message.value().content == "message 1");
  record({written(2), written(3)});
  const auto later = channel();
  BOOST_TEST(later.unread_count == 3);
  BOOST_TEST(later.last_message.value().content == "message 3");
  BOOST_TEST((later.created_at.ms == noon + 1 && later.last_message_at.ms == noon + 3));
}

BOOST_AUTO_TEST_CASE(a_repeated_webhook_counts_once_on_whichever_url_it_comes_again) {
  auto elsewhere = written(1);
  elsewhere.key.kind = core::webhook_kind::fallback;
  record({written(1), written(1)});
  record({written(1)});
  record({elsewhere});
  record({elsewhere, written(2)});
  BOOST_TEST(channel().unread_count == 2);
  BOOST_TEST(count("select count(*) from message") == 2);
}

BOOST_AUTO_TEST_CASE(within_one_batch_a_message_that_comes_on_two_urls_counts_once) {
  auto elsewhere = written(1);
  elsewhere.key.kind = core::webhook_kind::fallback;
  record({written(1), elsewhere});
  BOOST_TEST(channel().unread_count == 1);
}

BOOST_AUTO_TEST_CASE(an_older_message_that_arrives_late_is_counted_but_is_not_the_last_one) {
  record({written(5)});
  record({written(2)});
  const auto found = channel();
  BOOST_TEST(found.unread_count == 2);
  BOOST_TEST(found.last_message.value().content == "message 5");
  BOOST_TEST((found.created_at.ms == noon + 2 && found.last_message_at.ms == noon + 5));
}

BOOST_AUTO_TEST_CASE(of_two_messages_of_the_same_millisecond_the_one_with_the_greater_id_is_the_last) {
  auto one = written(1), two = written(2);
  two.message->created_at = one.message->created_at;
  record({two});
  record({one});
  BOOST_TEST(channel().last_message.value().id.value == std::max(one.message->id.value, two.message->id.value));
}

BOOST_AUTO_TEST_CASE(whatsapp_has_a_channel_of_its_own_a_name_and_a_window_of_a_day) {
  record({written(1), whatsapp(2, "Ana")});
  const auto found = channel("+15559876543", "whatsapp");
  BOOST_TEST(found.profile_name == "Ana");
  BOOST_TEST(found.unread_count == 1);
  BOOST_TEST(found.window_until->ms == noon + 2 + core::whatsapp_window_ms);
  record({whatsapp(9, "Ana B.")});
  record({whatsapp(5, "Older")});
  record({whatsapp(10, "")});
  BOOST_TEST(channel("+15559876543", "whatsapp").profile_name == "Ana B.");
  BOOST_TEST(channel("+15559876543", "whatsapp").window_until->ms == noon + 10 + core::whatsapp_window_ms);
  BOOST_TEST((channel().profile_name.empty() && !channel().window_until));
}

BOOST_AUTO_TEST_CASE(an_answer_makes_no_unread_and_opens_no_window) {
  record({written(1)});
  send({answered(2), answered(3)});
  BOOST_TEST(channel().unread_count == 1);
  BOOST_TEST(channel().last_message_at.ms == noon + 3);
  BOOST_TEST(!channel().last_message.has_value()); // this test has not stored it
  send({});
}

BOOST_AUTO_TEST_CASE(messages_in_any_order_and_in_any_batches_make_the_same_channel) {
  std::vector<core::webhook_event> told;
  for (int n = 0; n < 30; ++n)
    told.push_back(n % 3 == 0 ? whatsapp(n, n % 2 == 0 ? fmt::format("Ana {}", n) : "") : written(n));
  std::vector<persistence::channel_touch> touches;
  for (const auto& event : told)
    touches.emplace_back(*event.message, event.profile_name);
  const auto expected = persistence::fold(touches);
  BOOST_REQUIRE_EQUAL(expected.size(), 2);
  std::mt19937 random(2026);
  for (int round = 0; round < 10; ++round) {
    for (const auto* table : {"channel", "message", "webhook_event"})
      change(fmt::format("delete from {}", table));
    std::shuffle(told.begin(), told.end(), random);
    for (size_t from = 0; from < told.size();) {
      const size_t size = std::min<size_t>(1 + random() % 8, told.size() - from);
      record(
          {told.begin() + static_cast<std::ptrdiff_t>(from), told.begin() + static_cast<std::ptrdiff_t>(from + size)});
      from += size;
    }
    for (const auto& row : expected) {
      const auto found = must(stores.channels->find(acme, core::channel_id(row.id)));
      BOOST_TEST(found.unread_count == row.unread_count);
      BOOST_TEST(found.last_message.value().id.value == row.last_message_id);
      BOOST_TEST((found.created_at.ms == row.created_at && found.last_message_at.ms == row.last_message_at));
      BOOST_TEST((found.window_until ? found.window_until->ms : 0) == row.window_until.value_or(0));
    }
  }
}

BOOST_AUTO_TEST_CASE(many_who_write_into_the_same_channels_at_once_are_all_counted) {
  constexpr int sessions = 4, each = 40;
  std::vector<std::string> failures(sessions);
  {
    std::vector<std::jthread> threads;
    for (int s = 0; s < sessions; ++s)
      threads.emplace_back([&, s] {
        const auto mine = persistence::make_inbox_store(*db);
        for (int n = 0; n < each; ++n) { // every batch touches two channels, in one order or the other
          const int id = 2 * (s * each + n);
          std::vector<core::webhook_event> events = {written(id, "+15550000001"), written(id + 1, "+15550000002")};
          if (s % 2 == 1)
            std::swap(events[0], events[1]);
          if (auto stored = mine->record(pointers(events)); !stored)
            failures[static_cast<size_t>(s)] = stored.error().context;
        }
      });
  }
  for (const auto& failure : failures)
    BOOST_TEST(failure == "");
  BOOST_TEST(channel("+15550000001").unread_count == sessions * each);
  BOOST_TEST(channel("+15550000002").unread_count == sessions * each);
}

BOOST_AUTO_TEST_CASE(channels_are_listed_by_their_last_message_and_pages_do_not_repeat) {
  std::vector<core::webhook_event> events;
  for (int n = 0; n < 25; ++n)
    events.push_back(written(n, fmt::format("+1555000{:04}", n)));
  record(events);
  record({written(100, "+15550000003")});
  BOOST_TEST(listed().front().user_phone_number.str() == "+15550000003");
  std::vector<std::string> seen;
  core::page_request page{10, {}};
  for (bool more = true; more;) {
    const auto found = must(stores.channels->list({acme, "", false}, page));
    for (const auto& row : found.rows)
      seen.push_back(row.user_phone_number.str());
    more = found.more;
    page.after = {found.rows.back().last_message_at, found.rows.back().id.value};
  }
  BOOST_TEST(seen.size() == 25);
  std::sort(seen.begin(), seen.end());
  BOOST_CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  BOOST_TEST(listed({other, "", false}).empty());
}

BOOST_AUTO_TEST_CASE(channels_are_found_by_kind_and_by_what_nobody_has_read) {
  record({written(1), whatsapp(2, "Ana"), written(3, "+15550000001")});
  BOOST_TEST(listed({acme, "whatsapp", false}).size() == 1);
  BOOST_TEST(listed({acme, "sms", false}).size() == 2);
  must(stores.channels->mark_read(acme, channel_with("+15559876543"), {noon + 50}));
  BOOST_TEST(listed({acme, "", true}).size() == 2);
  BOOST_TEST(listed({acme, "sms", true}).size() == 1);
}

BOOST_AUTO_TEST_CASE(what_has_been_read_is_so_until_somebody_writes_again) {
  record({written(1), written(2)});
  must(stores.channels->mark_read(acme, channel_with("+15559876543"), {noon + 50}));
  BOOST_TEST(channel().unread_count == 0);
  BOOST_TEST(channel().updated_at.ms == noon + 50);
  must(stores.channels->mark_read(acme, channel_with("+15559876543"), {noon + 60}));
  BOOST_TEST(channel().updated_at.ms == noon + 50); // nothing has changed
  record({written(3)});
  BOOST_TEST(channel().unread_count == 1);
}

BOOST_AUTO_TEST_CASE(a_channel_tells_its_messages_newest_first) {
  std::vector<core::webhook_event> events;
  for (int n = 0; n < 7; ++n)
    events.push_back(written(n));
  events.push_back(written(50, "+15550000001"));
  record(events);
  const auto id = channel_with("+15559876543");
  const auto first = must(stores.channels->messages(acme, id, {5, {}}));
  BOOST_REQUIRE_EQUAL(first.rows.size(), 5);
  BOOST_TEST((first.more && first.rows.front().content == "message 6"));
  const auto rest =
      must(stores.channels->messages(acme, id, {5, {{first.rows.back().created_at, first.rows.back().id.value}}}));
  BOOST_REQUIRE_EQUAL(rest.rows.size(), 2);
  BOOST_TEST((!rest.more && rest.rows.back().content == "message 0"));
}

BOOST_AUTO_TEST_CASE(another_companys_channel_is_not_there) {
  record({written(1)});
  const auto id = channel_with("+15559876543");
  const auto code = [](const auto& result) { return result ? core::ec::internal_error : result.error().code; };
  BOOST_CHECK(code(stores.channels->find(other, id)) == core::ec::not_found);
  BOOST_CHECK(code(stores.channels->messages(other, id, {})) == core::ec::not_found);
  BOOST_CHECK(code(stores.channels->mark_read(other, id, {noon})) == core::ec::not_found);
  BOOST_CHECK(code(stores.channels->find(acme, core::channel_id("ch_nobody00"))) == core::ec::not_found);
  BOOST_TEST(channel().unread_count == 1);
}

BOOST_AUTO_TEST_CASE(a_channel_says_whether_its_counterpart_has_opted_out) {
  auto stop = written(1);
  stop.opt_out = core::opt_out_change{core::phone_number("+15559876543"), true};
  record({stop, whatsapp(2, "Ana"), written(3, "+15550000001")});
  BOOST_TEST((channel().opted_out && channel("+15559876543", "whatsapp").opted_out));
  BOOST_TEST(!channel("+15550000001").opted_out);
}

BOOST_AUTO_TEST_SUITE_END()

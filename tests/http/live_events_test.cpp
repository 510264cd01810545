#include "http/shapes/channel.hpp"
#include "http/shapes/event.hpp"
#include "http/shapes/message.hpp"
#include "json/writer.hpp"
#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

constexpr auto own = "co_01jd8w3k2v";

struct watching : node_fixture {
  watching() {
    gateway.channel.id.value = "ch_01jd8w";
    gateway.channel.tenant = gateway.company.tenant.id;
  }

  std::string key = gateway.add_key(core::role::company_viewer, gateway.company.tenant.id);

  std::shared_ptr<fake_exchange> watch(const std::string& query = "", pairs headers = {}) {
    return ask_as(key, "GET", "/api/events" + query, "", std::move(headers));
  }

  /// The one who has just asked.
  actors::watch_company& last() { return gateway.live.asked.back(); }
};

actors::event_frame frame(const std::string& text) { return std::make_shared<const std::string>(text); }

} // namespace

BOOST_FIXTURE_TEST_SUITE(live_events, watching)

BOOST_AUTO_TEST_CASE(a_stream_begins_with_its_head_and_when_to_come_back) {
  const auto request = watch();
  BOOST_TEST(request->answers == 0);
  BOOST_TEST((last().company.value == own && last().channel.empty() && !last().after));
  last().viewer->begin();
  BOOST_TEST(request->status() == 200);
  BOOST_TEST(request->answer().content_type == "text/event-stream");
  BOOST_TEST(request->sent("Cache-Control") == "no-store");
  BOOST_TEST(request->streamed->sent == "retry: 2000\n\n");
  last().viewer->tell(frame("id: 1\nevent: alert\ndata: {}\n\n"));
  last().viewer->ping();
  BOOST_TEST(request->streamed->sent == "retry: 2000\n\nid: 1\nevent: alert\ndata: {}\n\n: ping\n\n");
  request->streamed->waiting = 7;
  BOOST_TEST(last().viewer->untold() == 7u);
  BOOST_TEST(!last().viewer->gone());
  last().viewer->end();
  BOOST_TEST((request->streamed->is_ended && last().viewer->gone()));
}

BOOST_AUTO_TEST_CASE(an_event_has_a_number_a_name_and_one_line_of_what_it_is_about) {
  core::message_record message;
  message.id.value = "msg_1";
  message.content = "two\nlines\r\n\xE2\x80\xA8 and \"quotes\"";
  json::writer out;
  http::shapes::write_message(out, message);
  const auto shown = out.take();
  BOOST_TEST(shown.find_first_of("\r\n") == std::string::npos);
  BOOST_TEST(http::shapes::write_event({1042, core::live_event_type::new_message, message}, clock.now()) ==
             "id: 1042\nevent: new_message\ndata: " + shown + "\n\n");
  BOOST_TEST(http::shapes::write_event({7, core::live_event_type::resync, std::string(core::history_gone)},
                                       clock.now()) == "id: 7\nevent: resync\ndata: {\"reason\":\"history_gone\"}\n\n");
  core::channel_record channel;
  channel.window_until = clock.now();
  http::shapes::write_channel(out, channel, clock.now());
  BOOST_TEST(http::shapes::write_event({8, core::live_event_type::channel_updated, channel}, clock.now()) ==
             "id: 8\nevent: channel_updated\ndata: " + out.take() + "\n\n");
  for (const auto& subject : {decltype(actors::told_event::subject)(core::call_record()),
                              decltype(actors::told_event::subject)(core::alert())}) {
    const auto text = http::shapes::write_event({9, core::live_event_type::alert, subject}, clock.now());
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 4);
  }
}

BOOST_AUTO_TEST_CASE(who_comes_back_says_which_event_was_the_last) {
  watch("", {{"Last-Event-ID", "1042"}});
  BOOST_TEST(last().after.value() == 1042);
  watch("", {{"Last-Event-ID", "0"}});
  BOOST_TEST(last().after.value() == 0);
  const auto asked = gateway.live.asked.size();
  for (const auto* wrong : {"", "x", "-1", "1.5", "1 ", " 1", "0x10", "99999999999999999999", "1042abc"})
    BOOST_TEST(watch("", {{"Last-Event-ID", wrong}})->code() == "invalid_request", wrong);
  BOOST_TEST(watch("", {{"Last-Event-ID", "1"}, {"Last-Event-ID", "2"}})->status() == 400);
  BOOST_TEST(gateway.live.asked.size() == asked);
}

BOOST_AUTO_TEST_CASE(one_channel_alone_may_be_watched_if_it_is_ones_own) {
  watch("?channel_id=ch_01jd8w");
  BOOST_TEST(last().channel.value == "ch_01jd8w");
  BOOST_TEST(watch("?channel_id=ch_foreign0")->code() == "not_found");
  gateway.channel.tenant = core::tenant_id("co_foreign00001");
  BOOST_TEST(watch("?channel_id=ch_01jd8w")->code() == "not_found");
}

BOOST_AUTO_TEST_CASE(the_platform_says_which_company_and_a_company_none_but_its_own) {
  BOOST_TEST(ask("GET", "/api/events")->code() == "company_required");
  ask("GET", std::string("/api/events?companyId=") + own);
  BOOST_TEST(last().company.value == own);
  ask("GET", "/api/events", "", {{"X-Company-Id", own}});
  BOOST_TEST(gateway.live.asked.size() == 2u);
  BOOST_TEST(ask("GET", "/api/events?companyId=co_nobody00000")->code() == "company_not_found");
  BOOST_TEST(
      ask("GET", std::string("/api/events?companyId=") + own, "", {{"X-Company-Id", "co_other000000"}})->code() ==
      "company_not_found");
  BOOST_TEST(watch("?companyId=co_other000000")->code() == "company_not_found");
  watch(std::string("?companyId=") + own);
  BOOST_TEST(gateway.live.asked.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_the_route_does_not_know_is_refused) {
  for (const auto* query : {"?limit=5", "?cursor=x", "?color=red", "?channel_id=a&channel_id=b"})
    BOOST_TEST(watch(query)->status() == 400, query);
  BOOST_TEST(ask_as("", "GET", "/api/events")->status() == 401);
  BOOST_TEST(ask_as(key, "POST", "/api/events")->status() == 405);
  BOOST_TEST(gateway.live.asked.empty());
  const auto head = ask_as(key, "HEAD", "/api/events");
  BOOST_TEST((head->status() == 200 && head->answer().content_type == "text/event-stream"));
  BOOST_TEST(gateway.live.asked.empty());
}

BOOST_AUTO_TEST_CASE(who_can_not_be_let_in_hears_why_and_when_to_come_again) {
  gateway.live.full = true;
  const auto refused = watch();
  BOOST_TEST((refused->status() == 503 && refused->code() == "overloaded"));
  BOOST_TEST(refused->sent("Retry-After") == "1");
  gateway.live.full = false;
  const auto later = watch();
  last().viewer->refuse({core::ec::database_unavailable, "", "", {}});
  BOOST_TEST(later->code() == "database_unavailable");
}

BOOST_AUTO_TEST_CASE(a_stream_ends_when_its_key_opens_nothing_any_more_and_not_because_nobody_can_say) {
  const auto request = watch();
  last().viewer->begin();
  const auto checked = [&] {
    clock.pass_ms(30'000);
    last().viewer->check();
    return request->streamed->is_ended;
  };
  BOOST_TEST(!checked());
  gateway.failure = core::error{core::ec::database_unavailable, "away", "", {}};
  BOOST_TEST(!checked());
  clock.pass_ms(http::key_ring::stale_ms);
  BOOST_TEST(!checked());
  gateway.failure.reset();
  BOOST_TEST(!checked());
  gateway.keys.clear(); // revoked
  BOOST_TEST(checked());
  BOOST_TEST(request->answers == 1);
}

BOOST_AUTO_TEST_CASE(a_stream_ends_when_its_session_does) {
  const auto signed_in = ask_as("", "POST", "/api/session", R"({"user":"ana","password":"correct horse battery"})",
                                {{"Content-Type", "application/json"}});
  const auto set = signed_in->sent("Set-Cookie");
  const auto request = ask_as("", "GET", "/api/events", "", {{"Cookie", set.substr(0, set.find(';'))}});
  last().viewer->begin();
  clock.pass_ms(30'000);
  last().viewer->check();
  BOOST_TEST(!request->streamed->is_ended);
  for (auto& [hash, user] : gateway.sessions)
    user.company = core::tenant_id("co_other000000"); // somebody gave the user to another company
  clock.pass_ms(30'000);
  last().viewer->check();
  BOOST_TEST(request->streamed->is_ended);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

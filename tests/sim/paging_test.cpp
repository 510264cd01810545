#include "tests/sim/world_fixture.hpp"

using namespace trunkline;

BOOST_FIXTURE_TEST_SUITE(sim_paging, tests::world_fixture)

BOOST_AUTO_TEST_CASE(following_next_page_uri_shows_every_message_once_though_new_ones_arrive) {
  std::set<std::string> expected, seen;
  for (int i = 0; i < 5; ++i)
    expected.insert(send_sms());
  ask("GET", "/Messages.json?PageSize=2&To=%2B15551234567");
  int pages = 1;
  for (;; ++pages) {
    for (const auto& message : json["messages"].GetArray())
      BOOST_TEST(seen.insert(message["sid"].GetString()).second);
    const auto next = text("next_page_uri");
    send_sms();
    if (next == "null")
      break;
    BOOST_TEST(next.find("To=%2B15551234567") != std::string::npos);
    follow(next);
  }
  BOOST_TEST(pages == 3);
  BOOST_TEST((seen == expected));
}

BOOST_AUTO_TEST_CASE(previous_page_uri_leads_back) {
  for (int i = 0; i < 4; ++i)
    send_sms();
  ask("GET", "/Messages.json?PageSize=2");
  BOOST_TEST(text("previous_page_uri") == "null");
  const std::string newest = json["messages"][0]["sid"].GetString();
  follow(text("next_page_uri"));
  BOOST_TEST(text("page") == "1");
  BOOST_TEST(text("start") == "2");
  BOOST_TEST(text("end") == "3");
  follow(text("previous_page_uri"));
  BOOST_TEST(text("page") == "0");
  BOOST_TEST(json["messages"][0]["sid"].GetString() == newest);
}

BOOST_AUTO_TEST_CASE(a_deleted_row_does_not_break_the_page_that_begins_after_it) {
  for (int i = 0; i < 3; ++i)
    send_sms();
  ask("GET", "/Messages.json?PageSize=1");
  const auto next = text("next_page_uri");
  ask("DELETE", "/Messages/" + std::string(json["messages"][0]["sid"].GetString()) + ".json");
  BOOST_TEST(follow(next).json["messages"].Size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_page_size_or_token_that_twilio_never_gave_is_refused) {
  for (const char* query :
       {"PageSize=0", "PageSize=1001", "PageSize=x", "Page=1", "Page=-1", "PageToken=PA", "PageToken=nonsense"})
    BOOST_TEST(ask("GET", std::string("/Messages.json?") + query).last.status == 400, query);
  BOOST_TEST(ask("GET", "/Messages.json?PageSize=1000&Page=0").last.status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/sim/world_fixture.hpp"

using namespace trunkline;

BOOST_FIXTURE_TEST_SUITE(sim_ledger, tests::world_fixture)

BOOST_AUTO_TEST_CASE(accepted_and_refused_creates_and_callbacks_are_written_down) {
  send_sms("%2B15551234567", "&StatusCallback=http://127.0.0.1:8080/s");
  send_sms("12");
  out.pass(1000);
  const auto count = [&](const char* query) {
    return control("GET", std::string("/sim/ledger?") + query).json["entries"].Size();
  };
  BOOST_TEST(count("kind=message") == 1U);
  BOOST_TEST(std::string(json["entries"][0]["detail"]["to"].GetString()) == "+15551234567");
  BOOST_TEST(count("kind=refused") == 1U);
  BOOST_TEST(count("kind=webhook") == 2U);
  BOOST_TEST(json["entries"][0]["detail"]["status"].GetInt() == 204);
  BOOST_TEST(count("account=ACde300000000000000000000000000102") == 0U);
  control("DELETE", "/sim/ledger");
  BOOST_TEST(count("") == 0U);
}

BOOST_AUTO_TEST_CASE(it_is_read_in_pages_without_gap_or_repeat) {
  for (int i = 0; i < 5; ++i)
    send_sms();
  std::vector<int> seen;
  std::string after = "0";
  do {
    control("GET", "/sim/ledger?kind=message&limit=2&after=" + after);
    for (const auto& entry : json["entries"].GetArray())
      seen.push_back(entry["seq"].GetInt());
    after = text("next");
  } while (after != "null");
  BOOST_TEST((seen == std::vector<int>{1, 2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(a_full_ledger_says_what_it_forgot) {
  for (int i = 0; i < 103; ++i)
    send_sms();
  control("GET", "/sim/ledger");
  BOOST_TEST(json["total"].GetInt() == 100);
  BOOST_TEST(json["dropped"].GetInt() == 3);
  BOOST_TEST(json["entries"][0]["seq"].GetInt() == 4);
}

BOOST_AUTO_TEST_CASE(a_full_table_drops_its_oldest_row_and_survives_deletions) {
  sim::table<sim::call> calls(4);
  const auto add = [&](const char* account, const char* sid) {
    sim::call row;
    row.account_sid = account;
    row.sid = sid;
    return calls.insert(std::move(row));
  };
  add("A", "1");
  add("B", "2");
  add("A", "3");
  add("A", "4");
  add("B", "5");
  BOOST_TEST(!calls.find("A", "1"));
  BOOST_TEST(calls.of_account("A").size() == 2U);
  calls.erase(calls.find("B", "2"));
  calls.erase(calls.find("A", "3"));
  add("A", "6"); // makes room by forgetting the deleted ones
  BOOST_TEST((calls.find("A", "4") && calls.find("B", "5") && calls.find("A", "6")));
  BOOST_TEST(calls.size() == 3U);
  BOOST_TEST(!calls.find("B", "6"));
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/support/json_file.hpp"
#include "twilio/error_table.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace trunkline::tests {

using namespace twilio;

namespace {

const std::map<std::string, error_class> classes = {
    {"retry_safe", error_class::retry_safe}, {"retry_later", error_class::retry_later},
    {"ambiguous", error_class::ambiguous},   {"no_retry", error_class::no_retry},
    {"fix_config", error_class::fix_config}, {"suppress", error_class::suppress}};
const std::map<std::string, error_origin> origins = {{"api", error_origin::api},
                                                     {"dlv", error_origin::delivery},
                                                     {"wh", error_origin::webhook},
                                                     {"cr", error_origin::relay}};

} // namespace

BOOST_AUTO_TEST_SUITE(errors_of_twilio)

BOOST_AUTO_TEST_CASE(the_table_says_what_the_fact_sheet_says) {
  const auto file = json_file("twilio/twilio_error_table.json");
  BOOST_TEST(error_table().size() == file["errors"].Size());
  for (const auto& fact : file["errors"].GetArray()) {
    const int code = fact["code"].GetInt();
    BOOST_TEST_CONTEXT(code) {
      const auto* entry = find_error(code);
      BOOST_REQUIRE(entry != nullptr);
      BOOST_TEST(entry->name == fact["name"].GetString());
      BOOST_TEST(entry->http_status == (fact["http_status"].IsInt() ? fact["http_status"].GetInt() : 0));
      BOOST_TEST((entry->meaning == classes.at(fact["action"].GetString())));
      BOOST_TEST((entry->origin == origins.at(fact["where"].GetString())));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_table_is_sorted_as_the_search_needs_it) {
  const auto table = error_table();
  for (size_t i = 1; i < table.size(); ++i)
    BOOST_TEST(table[i - 1].code < table[i].code);
}

BOOST_AUTO_TEST_CASE(every_error_has_words_and_a_next_step) {
  for (const auto& entry : error_table()) {
    const auto words = describe_error(entry.code);
    BOOST_TEST(!words.message.empty());
    BOOST_TEST(!words.action.empty());
    BOOST_TEST((words.owner == entry.owner));
  }
}

BOOST_AUTO_TEST_CASE(the_agreed_words_are_used) {
  for (const int code : {30004, 30007, 30450}) {
    BOOST_TEST(describe_error(code).message == "Message blocked by carrier");
    BOOST_TEST(describe_error(code).action == "Check message content for spam triggers");
    BOOST_TEST(to_string(describe_error(code).owner) == "company");
  }
  for (const int code : {21211, 21217, 21401, 21421})
    BOOST_TEST(describe_error(code).message == "Invalid phone number format");
  BOOST_TEST(describe_error(20003).message == "Twilio authentication failed");
  BOOST_TEST(describe_error(20003).action == "Fix credentials or Twilio account");
  for (const int code : {20003, 20005, 30002})
    BOOST_TEST(describe_error(code, true).message == "Insufficient funds");
  BOOST_TEST(describe_error(30007, true).message == "Message blocked by carrier");
}

BOOST_AUTO_TEST_CASE(own_words_are_all_reachable) {
  BOOST_TEST(describe_error(21610).message == "The recipient has opted out");
  BOOST_TEST(describe_error(21614).message == "The recipient's number is not a mobile number");
  BOOST_TEST(describe_error(63016).action == "Send an approved template instead (content_sid)");
  BOOST_TEST(describe_error(63007).action.find("whatsappNumber") != std::string_view::npos);
  BOOST_TEST(describe_error(63015).action.find("sandbox") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(whose_move_it_is_depends_on_the_error) {
  BOOST_TEST(to_string(describe_error(21610).owner) == "recipient");
  BOOST_TEST(to_string(describe_error(20500).owner) == "twilio");
  BOOST_TEST(to_string(describe_error(11200).owner) == "platform");
  BOOST_TEST(to_string(describe_error(21608).owner) == "company");
}

BOOST_AUTO_TEST_CASE(only_what_may_succeed_later_is_retried) {
  BOOST_TEST(is_retried(find_error(20429)->meaning));
  BOOST_TEST(is_retried(find_error(30001)->meaning));
  BOOST_TEST(!is_retried(find_error(20500)->meaning)); // whether it was sent comes first
  BOOST_TEST(!is_retried(find_error(21610)->meaning));
}

BOOST_AUTO_TEST_CASE(an_unknown_code_is_not_guessed_at) {
  for (const int code : {-1, 0, 1, 20002, 99999}) {
    BOOST_TEST(find_error(code) == nullptr);
    BOOST_TEST(to_string(describe_error(code).owner) == "twilio");
    BOOST_TEST(!describe_error(code).action.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

#include "actors/number_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace trunkline;

namespace {

persistence::tenant_door company(const std::string& id, std::vector<std::string> numbers) {
  persistence::tenant_door row;
  row.tenant = core::tenant_id(id);
  row.account_sid = "AC" + std::string(32, 'a');
  row.auth_token = core::secret("token of " + id);
  row.hook = core::hook_token("hook-" + id);
  for (const auto& number : numbers)
    row.numbers.push_back({core::phone_number(number), "", true, false, core::hook_token("hook-" + number)});
  return row;
}

std::string owner(const std::optional<actors::destination>& found) {
  return found ? found->company->tenant.value : "nobody";
}

struct fixture {
  actors::number_directory numbers{core::platform_account{"AC" + std::string(32, 'f'), core::secret("platform")}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(finding_who_a_webhook_is_for, fixture)

BOOST_AUTO_TEST_CASE(a_company_is_found_by_its_numbers_and_by_its_tokens) {
  numbers.put(company("co_a", {"+15550001", "+15550002"}));
  BOOST_TEST(owner(numbers.by_number("+15550002")) == "co_a");
  BOOST_TEST(owner(numbers.by_token("hook-+15550001")) == "co_a");
  BOOST_TEST(owner(numbers.by_token("hook-co_a")) == "co_a");
  BOOST_TEST(numbers.by_number("+15550002")->hook.value == "hook-+15550002");
  BOOST_TEST(owner(numbers.by_number("+15550003")) == "nobody");
}

BOOST_AUTO_TEST_CASE(an_inactive_number_matches_no_call_but_its_url_still_works) {
  auto row = company("co_a", {"+15550001"});
  row.numbers[0].active = false;
  numbers.put(row);
  BOOST_TEST(owner(numbers.by_number("+15550001")) == "nobody");
  BOOST_TEST(owner(numbers.by_token("hook-+15550001")) == "co_a");
}

BOOST_AUTO_TEST_CASE(a_changed_company_is_no_longer_found_by_what_it_gave_up) {
  numbers.put(company("co_a", {"+15550001"}));
  numbers.put(company("co_a", {"+15550002"}));
  numbers.put(company("co_b", {"+15550001"}));
  BOOST_TEST(owner(numbers.by_number("+15550001")) == "co_b");
  BOOST_TEST(owner(numbers.by_number("+15550002")) == "co_a");
  BOOST_TEST(numbers.companies() == 2u);
}

BOOST_AUTO_TEST_CASE(the_legacy_number_matches_whatever_the_list_says) {
  auto row = company("co_a", {});
  row.legacy_number = core::phone_number("+15550009");
  numbers.put(row);
  BOOST_TEST(owner(numbers.by_number("+15550009")) == "co_a");
}

BOOST_AUTO_TEST_CASE(the_whatsapp_sandbox_names_nobody_because_it_may_be_anybodys) {
  auto row = company("co_a", {});
  row.whatsapp_number = core::phone_number("+14155238886");
  numbers.put(row);
  BOOST_TEST(owner(numbers.by_number("+14155238886")) == "nobody");
}

BOOST_AUTO_TEST_CASE(a_company_with_an_account_of_its_own_never_falls_back_to_the_platforms) {
  auto row = company("co_a", {"+15550001"});
  row.auth_token = core::secret(); // its own credentials are broken
  numbers.put(row);
  const auto door = numbers.by_number("+15550001")->company;
  BOOST_TEST(door->auth_tokens.empty());
  BOOST_TEST(door->account_sid == row.account_sid);
  BOOST_TEST(numbers.has_own_accounts());
}

BOOST_AUTO_TEST_CASE(a_company_without_credentials_is_verified_with_the_platforms) {
  auto row = company("co_a", {"+15550001"});
  row.account_sid.clear();
  numbers.put(row);
  const auto door = numbers.by_number("+15550001")->company;
  BOOST_TEST(door->auth_tokens.at(0).reveal() == "platform");
  BOOST_TEST(!numbers.has_own_accounts());
}

BOOST_AUTO_TEST_CASE(during_a_rotation_both_tokens_verify) {
  auto row = company("co_a", {"+15550001"});
  row.next_auth_token = core::secret("next");
  numbers.put(row);
  BOOST_TEST(numbers.by_number("+15550001")->company->auth_tokens.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

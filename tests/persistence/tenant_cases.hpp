// The same cases for both dialects; the fixture `fresh_database` says which.

#include <barrier>
#include <thread>

using namespace trunkline;
using namespace trunkline::tests;

namespace {

core::tenant company(const std::string& id, const std::string& name, int64_t created_ms = 1'700'000'000'000) {
  core::tenant tenant;
  tenant.id.value = id;
  tenant.name = name;
  tenant.created_at.ms = tenant.updated_at.ms = created_ms;
  return tenant;
}

core::tenant_config config_with(const std::vector<std::string>& numbers, const std::string& legacy = {}) {
  core::tenant_config config;
  for (const auto& number : numbers)
    config.numbers.push_back({core::phone_number(number), "Main", true, config.numbers.empty(), {}});
  if (!legacy.empty())
    config.legacy_number.emplace(legacy);
  config.credentials.account_sid = "AC0123456789abcdef0123456789abcdef";
  config.credentials.auth_token = core::secret("token-kept-in-the-vault");
  config.credentials.api_secret = core::secret("api-secret-kept-in-the-vault");
  return config;
}

template <class T>
core::ec code_of(const core::expected<T>& result) {
  BOOST_REQUIRE(!result);
  return result.error().code;
}

constexpr core::timestamp later{1'700'000'999'000};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tenant_store, fresh_database)

BOOST_AUTO_TEST_CASE(a_new_company_has_the_default_configuration_and_a_hook_token) {
  auto wanted = company(acme.value, "Bj\xC3\xB6rn's \"Grill\"");
  wanted.menu_url = "https://example.com/menu";
  wanted.time_zone = "Europe/Paris";
  must(stores.tenants->create(wanted, somebody));
  const auto found = must(stores.tenants->find(acme));
  BOOST_TEST(found.tenant.name == wanted.name);
  BOOST_TEST(found.tenant.menu_url.value() == "https://example.com/menu");
  BOOST_TEST(found.tenant.time_zone == "Europe/Paris");
  BOOST_TEST(found.tenant.created_at.ms == wanted.created_at.ms);
  BOOST_TEST(found.config.version == 1);
  BOOST_TEST(found.config.hook.value.size() == 26);
  BOOST_TEST(found.config.voicemail.max_length_seconds == 120);
  BOOST_TEST(found.config.numbers.empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_company_is_not_found) {
  BOOST_CHECK(code_of(stores.tenants->find(acme)) == core::ec::company_not_found);
  BOOST_CHECK(code_of(stores.tenants->put_config(acme, {}, {}, later, somebody)) == core::ec::company_not_found);
  BOOST_CHECK(code_of(stores.tenants->set_state(acme, core::tenant_state::quarantined, later, somebody)) ==
              core::ec::company_not_found);
}

BOOST_AUTO_TEST_CASE(a_configuration_is_read_back_as_it_was_put) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  auto config = config_with({"+15551234567", "+15551234568"}, "+15551234569");
  config.numbers[1].active = false;
  config.mode = core::routing_mode::forward;
  config.forward_number.emplace("+15557654321");
  config.signatures = core::signature_mode::shadow;
  config.voicemail.greeting = "\xF0\x9F\x98\x80 \"hello\" \\ {}";
  const auto stored = must(stores.tenants->put_config(acme, 1, config, later, somebody));
  const auto found = must(stores.tenants->find(acme)).config;
  BOOST_TEST(stored.version == 2);
  BOOST_TEST(found.version == 2);
  BOOST_TEST(found.last_updated.ms == later.ms);
  BOOST_TEST(found.credentials.auth_token.reveal() == "token-kept-in-the-vault");
  BOOST_TEST(found.credentials.api_secret.reveal() == "api-secret-kept-in-the-vault");
  BOOST_TEST(found.credentials.next_auth_token.empty());
  BOOST_TEST(found.legacy_number.value().str() == "+15551234569");
  BOOST_TEST(found.forward_number.value().str() == "+15557654321");
  BOOST_CHECK(found.mode == core::routing_mode::forward);
  BOOST_TEST(found.voicemail.greeting == config.voicemail.greeting);
  BOOST_REQUIRE_EQUAL(found.numbers.size(), 2);
  BOOST_TEST(found.numbers[0].primary);
  BOOST_TEST(!found.numbers[1].active);
  BOOST_TEST(found.numbers[0].hook.value == stored.numbers[0].hook.value);
  BOOST_TEST(found.numbers[0].hook.value.size() == 26);
  BOOST_TEST(found.numbers[0].hook.value != found.numbers[1].hook.value);
}

BOOST_AUTO_TEST_CASE(a_number_that_stays_keeps_its_hook_token) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  const auto first =
      must(stores.tenants->put_config(acme, {}, config_with({"+15551234567", "+15551234568"}), later, somebody));
  const auto second =
      must(stores.tenants->put_config(acme, {}, config_with({"+15551234569", "+15551234568"}), later, somebody));
  BOOST_TEST(second.numbers[1].hook.value == first.numbers[1].hook.value);
  BOOST_TEST(second.numbers[0].hook.value != first.numbers[0].hook.value);
  BOOST_TEST(second.hook.value == first.hook.value);
}

BOOST_AUTO_TEST_CASE(a_stale_version_stores_nothing) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  must(stores.tenants->put_config(acme, 1, config_with({"+15551234567"}), later, somebody));
  BOOST_CHECK(code_of(stores.tenants->put_config(acme, 1, config_with({"+15551234568"}), later, somebody)) ==
              core::ec::etag_mismatch);
  const auto found = must(stores.tenants->find(acme)).config;
  BOOST_TEST(found.version == 2);
  BOOST_TEST(found.numbers.at(0).number.str() == "+15551234567");
}

BOOST_AUTO_TEST_CASE(a_number_of_another_company_is_refused_in_the_list_and_as_the_legacy_number) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  must(stores.tenants->create(company(other.value, "Other"), somebody));
  must(stores.tenants->put_config(acme, {}, config_with({"+15551234567"}, "+15551234568"), later, somebody));
  for (const auto& config : {config_with({"+15551111111", "+15551234567"}), config_with({"+15551234568"}),
                             config_with({}, "+15551234567"), config_with({}, "+15551234568")}) {
    const auto refused = stores.tenants->put_config(other, {}, config, later, somebody);
    BOOST_CHECK(code_of(refused) == core::ec::phone_number_taken);
    BOOST_TEST(refused.error().fields.at(0).pointer.starts_with("/phoneNumber"));
    BOOST_TEST((refused.error().detail + refused.error().context).find("+1555") == std::string::npos);
  }
  BOOST_TEST(must(stores.tenants->find(other)).config.version == 1);
  must(stores.tenants->put_config(acme, {}, config_with({}), later, somebody)); // given up, so it is free
  must(stores.tenants->put_config(other, {}, config_with({"+15551234567"}, "+15551234567"), later, somebody));
}

BOOST_AUTO_TEST_CASE(two_companies_that_reach_for_a_number_at_once_do_not_both_get_it) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  must(stores.tenants->create(company(other.value, "Other"), somebody));
  for (int round = 0; round < 10; ++round) {
    const std::vector<std::string> numbers{fmt::format("+1555000{:04}", round), fmt::format("+1555100{:04}", round)};
    std::barrier start(2);
    core::expected<core::tenant_config> results[2];
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 2; ++i)
        threads.emplace_back([&, i] {
          const auto mine = persistence::make_stores(*db, keys);
          start.arrive_and_wait();
          results[i] = mine.tenants->put_config(i == 0 ? acme : other, {}, config_with(numbers), later, somebody);
        });
    }
    BOOST_TEST(results[0].has_value() != results[1].has_value());
    BOOST_CHECK(code_of(results[0] ? results[1] : results[0]) == core::ec::phone_number_taken);
  }
}

BOOST_AUTO_TEST_CASE(secrets_lie_sealed_in_the_files_of_the_database) {
  must(stores.tenants->create(company(acme.value, "Name-in-the-clear"), somebody));
  must(stores.tenants->put_config(acme, {}, config_with({"+15551234567"}), later, somebody));
  flush_files();
  BOOST_TEST(found_in_files(files(), "Name-in-the-clear")); // so the search does find things
  BOOST_TEST(!found_in_files(files(), "token-kept-in-the-vault"));
  BOOST_TEST(!found_in_files(files(), "secret-kept-in-the-vault"));
}

BOOST_AUTO_TEST_CASE(a_sealed_token_that_is_moved_to_another_company_does_not_open) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  must(stores.tenants->create(company(other.value, "Other"), somebody));
  must(stores.tenants->put_config(acme, {}, config_with({}), later, somebody));
  change("update company_config set auth_token = (select auth_token from company_config where company_id = '" +
         acme.value + "'), data_key = (select data_key from company_config where company_id = '" + acme.value +
         "') where company_id = '" + other.value + "'");
  BOOST_CHECK(code_of(stores.tenants->find(other)) == core::ec::internal_error);
  int quarantined = 0;
  must(stores.tenants->for_each_door([&](persistence::tenant_door door) {
    quarantined += door.quarantined;
    BOOST_TEST((door.tenant == acme || door.auth_token.empty()));
  }));
  BOOST_TEST(quarantined == 1);
}

BOOST_AUTO_TEST_CASE(doors_show_what_verifies_and_forwards) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  must(stores.tenants->create(company(other.value, "Other"), somebody));
  auto config = config_with({"+15551234567", "+15551234568"}, "+15551234569");
  config.credentials.next_auth_token = core::secret("next");
  config.signatures = core::signature_mode::shadow;
  config.whatsapp_number.emplace("+14155238886");
  const auto stored = must(stores.tenants->put_config(acme, {}, config, later, somebody));
  must(stores.tenants->set_state(other, core::tenant_state::quarantined, later, somebody));
  std::map<std::string, persistence::tenant_door> doors;
  must(stores.tenants->for_each_door(
      [&](persistence::tenant_door door) { doors.emplace(door.tenant.value, std::move(door)); }));
  BOOST_REQUIRE_EQUAL(doors.size(), 2);
  const auto& door = doors.at(acme.value);
  BOOST_TEST(door.account_sid == config.credentials.account_sid);
  BOOST_TEST(door.auth_token.reveal() == "token-kept-in-the-vault");
  BOOST_TEST(door.next_auth_token.reveal() == "next");
  BOOST_CHECK(door.signatures == core::signature_mode::shadow);
  BOOST_TEST(door.hook.value == stored.hook.value);
  BOOST_TEST(door.legacy_number->str() == "+15551234569");
  BOOST_TEST(door.whatsapp_number->str() == "+14155238886");
  BOOST_REQUIRE_EQUAL(door.numbers.size(), 2);
  BOOST_TEST(door.numbers[1].hook.value == stored.numbers[1].hook.value);
  BOOST_TEST(!door.quarantined);
  BOOST_TEST(doors.at(other.value).quarantined);
  BOOST_TEST(doors.at(other.value).numbers.empty());
}

BOOST_AUTO_TEST_CASE(a_quarantine_changes_state_and_version) {
  must(stores.tenants->create(company(acme.value, "Acme"), somebody));
  must(stores.tenants->set_state(acme, core::tenant_state::quarantined, later, somebody));
  const auto found = must(stores.tenants->find(acme)).tenant;
  BOOST_CHECK(found.state == core::tenant_state::quarantined);
  BOOST_TEST(found.version == 2);
  BOOST_TEST(found.updated_at.ms == later.ms);
}

BOOST_AUTO_TEST_CASE(companies_are_listed_newest_first_in_pages_that_do_not_shift) {
  for (int n = 0; n < 12; ++n)
    must(stores.tenants->create(company(fmt::format("co_listed{:06}", n), "Company", 1000 + n / 2), somebody));
  std::string seen;
  core::page_request page{5, {}};
  for (bool more = true; more;) {
    const auto rows = must(stores.tenants->list({}, false, page));
    for (const auto& row : rows.rows)
      seen += row.tenant.id.value.substr(13) + " ";
    more = rows.more;
    page.after = {rows.rows.back().tenant.created_at, rows.rows.back().tenant.id.value};
    must(stores.tenants->create(company(fmt::format("co_newer{:06}", seen.size()), "Newer", 5000), somebody));
  }
  BOOST_TEST(seen == "11 10 09 08 07 06 05 04 03 02 01 00 ");
}

BOOST_AUTO_TEST_CASE(companies_are_found_by_name_number_source_and_state) {
  must(stores.tenants->create(company(acme.value, "Acme 100% Grill"), somebody));
  must(stores.tenants->create(company(other.value, "Other"), somebody));
  must(stores.tenants->put_config(acme, {}, config_with({"+15551234567"}, "+15551234568"), later, somebody));
  must(stores.tenants->set_state(other, core::tenant_state::quarantined, later, somebody));
  const auto ids = [&](const core::tenant_filter& filter, bool platform = false) {
    std::string out;
    for (const auto& row : must(stores.tenants->list(filter, platform, {})).rows)
      out += row.tenant.id.value + " ";
    return out;
  };
  const auto only_acme = acme.value + " ", only_other = other.value + " ";
  BOOST_TEST(ids({{}, "gRILL", "", {}, {}}) == only_acme);
  BOOST_TEST(ids({{}, "0% g", "", {}, {}}) == only_acme);
  BOOST_TEST(ids({{}, "%", "", {}, {}}) == only_acme);
  BOOST_TEST(ids({{}, "_", "", {}, {}}) == "");
  BOOST_TEST(ids({{}, "", "+15551234567", {}, {}}) == only_acme);
  BOOST_TEST(ids({{}, "", "+15551234568", {}, {}}) == only_acme);
  BOOST_TEST(ids({{}, "", "", core::credential_source::company, {}}) == only_acme);
  BOOST_TEST(ids({{}, "", "", core::credential_source::none, {}}) == only_other);
  BOOST_TEST(ids({{}, "", "", core::credential_source::platform, {}}, true) == only_other);
  BOOST_TEST(ids({{}, "", "", {}, core::tenant_state::quarantined}) == only_other);
  BOOST_TEST(must(stores.tenants->list({{}, "Acme", "", {}, {}}, false, {})).rows.at(0).config.numbers.size() == 1);
}

BOOST_AUTO_TEST_CASE(hostile_names_are_stored_and_found) {
  int n = 0;
  for (const std::string name :
       {"'; drop table company; --", "\\", "\"", "{}", "NULL", ":id", "%", "\xF0\x9F\x98\x80"}) {
    const auto id = fmt::format("co_hostile{:05}", n++);
    must(stores.tenants->create(company(id, name), somebody));
    BOOST_TEST(must(stores.tenants->find(core::tenant_id(id))).tenant.name == name);
    BOOST_TEST(!must(stores.tenants->list({{}, name, "", {}, {}}, false, {})).rows.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_database_in_order_answers_a_ping) { must(stores.ping()); }

BOOST_AUTO_TEST_SUITE_END()

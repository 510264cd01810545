// The same cases for both dialects; the fixture `fresh_database` says which.

#include "core/api_key.hpp"
#include "core/token_hash.hpp"
#include "persistence/event_store.hpp"

using namespace trunkline;
using namespace trunkline::tests;

namespace {

core::tenant a_company(const core::tenant_id& id, const std::string& name = "Acme") {
  core::tenant tenant;
  tenant.id = id;
  tenant.name = name;
  tenant.created_at.ms = tenant.updated_at.ms = 1'700'000'000'000;
  return tenant;
}

core::tenant_config with_numbers(const std::vector<std::string>& numbers) {
  core::tenant_config config;
  for (const auto& number : numbers)
    config.numbers.push_back({core::phone_number(number), "Main", true, config.numbers.empty(), {}, {}});
  config.credentials.account_sid = "AC0123456789abcdef0123456789abcdef";
  config.credentials.auth_token = core::secret("first-token");
  return config;
}

template <class T>
core::ec error_of(const core::expected<T>& result) {
  BOOST_REQUIRE(!result);
  return result.error().code;
}

constexpr core::timestamp noon{1'700'000'500'000};
constexpr int64_t an_hour = 3'600'000;

core::api_key a_key(const std::string& id, core::role role, const core::tenant_id& company = {}) {
  return {id, role, company, "ci", noon, std::nullopt};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(access_store, fresh_database)

BOOST_AUTO_TEST_CASE(a_key_is_found_by_its_hash_until_it_is_deleted) {
  must(stores.tenants->create(a_company(acme), somebody));
  must(stores.access->create_key(a_key("key_one", core::role::company_admin, acme), "hash-1", somebody));
  const auto found = must(stores.access->find_key("hash-1"));
  BOOST_TEST((found.id == "key_one" && found.role == core::role::company_admin && found.company == acme));
  BOOST_TEST((error_of(stores.access->find_key("hash-2")) == core::ec::unauthenticated));
  must(stores.access->delete_key("key_one", noon, somebody));
  BOOST_TEST((error_of(stores.access->find_key("hash-1")) == core::ec::unauthenticated));
  BOOST_TEST((error_of(stores.access->delete_key("key_one", noon, somebody)) == core::ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_key_of_no_company_that_exists_is_refused) {
  BOOST_TEST((error_of(stores.access->create_key(a_key("key_one", core::role::company_admin, acme), "h", somebody)) ==
              core::ec::company_not_found));
  BOOST_TEST((error_of(stores.access->find_key("h")) == core::ec::unauthenticated));
}

BOOST_AUTO_TEST_CASE(the_last_use_of_a_key_only_moves_forward) {
  must(stores.access->create_key(a_key("key_one", core::role::platform_admin), "hash-1", somebody));
  BOOST_TEST(!must(stores.access->find_key("hash-1")).last_used_at.has_value());
  must(stores.access->key_used("key_one", {noon.ms + 5}));
  must(stores.access->key_used("key_one", noon));
  BOOST_TEST(must(stores.access->list_keys({})).rows.at(0).last_used_at->ms == noon.ms + 5);
}

BOOST_AUTO_TEST_CASE(a_session_is_its_users_until_it_ends) {
  const core::console_user ana{"ana", core::role::platform_admin, {}, noon};
  must(stores.access->put_user(ana, "argon-hash", somebody));
  BOOST_TEST(must(stores.access->find_user("ana")).password_hash == "argon-hash");
  must(stores.access->create_session("session-hash", "ana", noon, {noon.ms + an_hour}));
  BOOST_TEST(must(stores.access->find_session("session-hash", noon)).name == "ana");
  BOOST_TEST((error_of(stores.access->find_session("session-hash", {noon.ms + an_hour})) == core::ec::unauthenticated));
  must(stores.access->delete_session("session-hash"));
  BOOST_TEST((error_of(stores.access->find_session("session-hash", noon)) == core::ec::unauthenticated));
}

BOOST_AUTO_TEST_CASE(a_new_password_signs_everybody_of_that_name_out) {
  const core::console_user ana{"ana", core::role::platform_admin, {}, noon};
  must(stores.access->put_user(ana, "old", somebody));
  must(stores.access->create_session("session-hash", "ana", noon, {noon.ms + an_hour}));
  must(stores.access->put_user(ana, "new", somebody));
  BOOST_TEST(must(stores.access->find_user("ana")).password_hash == "new");
  BOOST_TEST((error_of(stores.access->find_session("session-hash", noon)) == core::ec::unauthenticated));
  must(stores.access->delete_user("ana", noon, somebody));
  BOOST_TEST((error_of(stores.access->find_user("ana")) == core::ec::unauthenticated));
}

BOOST_AUTO_TEST_CASE(sessions_that_have_expired_are_forgotten) {
  must(stores.access->put_user({"ana", core::role::platform_admin, {}, noon}, "hash", somebody));
  must(stores.access->create_session("old", "ana", noon, {noon.ms + 1}));
  must(stores.access->create_session("new", "ana", {noon.ms + 2}, {noon.ms + an_hour}));
  BOOST_TEST(count("select count(*) from console_session") == 1);
}

BOOST_AUTO_TEST_CASE(every_change_is_in_the_audit_log_without_secrets) {
  must(stores.tenants->create(a_company(acme), somebody));
  auto config = with_numbers({"+15551234567"});
  must(stores.tenants->put_config(acme, {}, config, noon, somebody));
  config.credentials.auth_token = core::secret("second-token");
  config.recording_enabled = false;
  must(stores.tenants->put_config(acme, {}, config, {noon.ms + 1}, somebody));
  core::tenant_change change;
  change.name = "Acme Two";
  must(stores.tenants->change(acme, {}, change, {noon.ms + 2}, somebody));
  const auto log = must(stores.audit->list({acme, {}, {}}, {})).rows;
  BOOST_REQUIRE_EQUAL(log.size(), 4);
  BOOST_TEST(log[0].action == "company.update");
  BOOST_TEST(log[0].before == "{\"companyName\":\"Acme\"}");
  BOOST_TEST(log[0].after == "{\"companyName\":\"Acme Two\"}");
  BOOST_TEST(log[1].action == "twilio_config.update");
  BOOST_TEST(log[1].before.find("\"recordingEnabled\":true") != std::string::npos);
  BOOST_TEST(log[1].after.find("\"authToken\":\"(changed)\"") != std::string::npos);
  BOOST_TEST(log[1].after.find("forwardNumber") == std::string::npos);
  BOOST_TEST(log[3].action == "company.create");
  for (const auto& entry : log) {
    BOOST_TEST((entry.before + entry.after).find("token\":\"f") == std::string::npos);
    BOOST_TEST((entry.before + entry.after).find("-token") == std::string::npos);
    BOOST_TEST((entry.by.who.id == "key_somebody1" && entry.by.request.value == "req_1a2b"));
  }
  BOOST_TEST(must(stores.audit->list({other, {}, {}}, {})).rows.empty());
  BOOST_TEST(
      must(stores.audit->list({acme, core::timestamp{noon.ms + 1}, core::timestamp{noon.ms + 2}}, {})).rows.size() ==
      1);
}

BOOST_AUTO_TEST_CASE(a_company_with_numbers_is_not_removed_and_says_which) {
  must(stores.tenants->create(a_company(acme), somebody));
  must(stores.tenants->put_config(acme, {}, with_numbers({"+15551234567", "+15551234568"}), noon, somebody));
  const auto refused = stores.tenants->remove(acme, noon, somebody);
  BOOST_TEST((error_of(refused) == core::ec::company_has_numbers));
  const std::vector<std::string> held = {"+15551234567", "+15551234568"};
  BOOST_TEST(refused.error().lists.at(0).second == held);
  must(stores.tenants->find(acme));
}

BOOST_AUTO_TEST_CASE(a_removed_company_leaves_nothing_behind) {
  must(stores.tenants->create(a_company(acme), somebody));
  must(stores.tenants->create(a_company(other, "Other"), somebody));
  must(stores.access->create_key(a_key("key_one", core::role::company_admin, acme), "hash-1", somebody));
  must(stores.access->put_user({"ana", core::role::company_admin, acme, noon}, "hash", somebody));
  must(stores.facts->put_account_check(acme, {noon, true, "active", "Full"}));
  std::vector<core::webhook_event> events;
  for (int n = 0; n < 25; ++n)
    events.push_back(voice_event(n));
  record(events);
  must(persistence::make_event_store(*db)->watch(acme, noon));
  record({sms_event(1)});
  must(stores.tenants->remove(acme, noon, somebody));
  BOOST_TEST((error_of(stores.tenants->find(acme)) == core::ec::company_not_found));
  BOOST_TEST((error_of(stores.access->find_key("hash-1")) == core::ec::unauthenticated));
  BOOST_TEST((error_of(stores.access->find_user("ana")) == core::ec::unauthenticated));
  int parts = 0;
  while (must(stores.tenants->purge(10)))
    ++parts;
  BOOST_TEST(parts >= 6); // 25 events and 25 calls, ten at a time
  for (const auto* table : {"call", "webhook_event", "message", "channel", "company_event", "company_watch", "opt_out",
                            "account_check", "company_config", "company_purge"})
    BOOST_TEST(count(fmt::format("select count(*) from {} where company_id = '{}'", table, acme)) == 0, table);
  must(stores.tenants->find(other));
  BOOST_TEST((error_of(stores.tenants->remove(acme, noon, somebody)) == core::ec::company_not_found));
}

BOOST_AUTO_TEST_CASE(a_company_that_is_created_twice_is_one_company) {
  const auto first = must(stores.tenants->create(a_company(acme), somebody));
  const auto second = must(stores.tenants->create(a_company(acme), somebody));
  BOOST_TEST((second.config.hook == first.config.hook));
  BOOST_TEST(must(stores.audit->list({}, {})).rows.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_change_replaces_only_the_version_it_was_made_for) {
  must(stores.tenants->create(a_company(acme), somebody));
  core::tenant_change change;
  change.menu_url = std::optional<std::string>("https://example.com/menu");
  const auto changed = must(stores.tenants->change(acme, 1, change, noon, somebody));
  BOOST_TEST(changed.tenant.version == 2);
  BOOST_TEST(changed.tenant.menu_url.value() == "https://example.com/menu");
  BOOST_TEST(changed.tenant.name == "Acme");
  BOOST_TEST((error_of(stores.tenants->change(acme, 1, change, noon, somebody)) == core::ec::etag_mismatch));
  BOOST_TEST((error_of(stores.tenants->change(other, {}, change, noon, somebody)) == core::ec::company_not_found));
}

BOOST_AUTO_TEST_CASE(facts_tell_what_happened_since_the_last_change) {
  must(stores.tenants->create(a_company(acme), somebody));
  must(stores.tenants->create(a_company(other, "Other"), somebody));
  must(stores.tenants->put_config(acme, {}, with_numbers({"+15551234567"}), {1'700'000'000'000}, somebody));
  auto facts = must(stores.facts->find(acme));
  BOOST_TEST((!facts.account_shared && !facts.number_shared && !facts.call_answered && !facts.message_arrived));
  BOOST_TEST((!facts.numbers_in_account.has_value() && !facts.account.has_value()));
  record({voice_event(1)});
  must(stores.facts->put_account_check(acme, {noon, true, "active", "Trial"}));
  auto found = with_numbers({"+15551234568"});
  must(stores.tenants->put_config(other, {}, found, noon, somebody));
  facts = must(stores.facts->find(acme));
  BOOST_TEST((facts.account_shared && facts.call_answered && facts.account->type == "Trial"));
  found = must(stores.tenants->find(acme)).config;
  found.numbers[0].origin.in_account = true;
  must(stores.tenants->put_config(acme, {}, found, {noon.ms + an_hour}, somebody));
  facts = must(stores.facts->find(acme));
  BOOST_TEST((facts.numbers_in_account == std::optional(true) && !facts.call_answered));
}

BOOST_AUTO_TEST_CASE(a_number_that_two_companies_have_is_found_whichever_field_it_is_in) {
  must(stores.tenants->create(a_company(acme), somebody));
  must(stores.tenants->create(a_company(other, "Other"), somebody));
  must(stores.tenants->put_config(acme, {}, with_numbers({"+15551234567", "+15551234568"}), noon, somebody));
  BOOST_TEST(must(stores.facts->conflicts({})).rows.empty());
  change(fmt::format("update company_config set legacy_number = '+15551234567' where company_id = '{}'", other));
  const auto found = must(stores.facts->conflicts({})).rows;
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  BOOST_TEST(found[0].number.str() == "+15551234567");
  BOOST_REQUIRE_EQUAL(found[0].holders.size(), 2);
  BOOST_TEST((found[0].holders[0].company == acme && found[0].holders[0].field == "phoneNumbers"));
  BOOST_TEST((found[0].holders[1].name == "Other" && found[0].holders[1].field == "phoneNumber"));
  BOOST_TEST(must(stores.facts->find(acme)).number_shared);
}

BOOST_AUTO_TEST_CASE(who_has_a_number_is_known_before_it_is_stored) {
  must(stores.tenants->create(a_company(acme), somebody));
  must(stores.tenants->create(a_company(other, "Other"), somebody));
  must(stores.tenants->put_config(acme, {}, with_numbers({"+15551234567"}), noon, somebody));
  must(stores.tenants->check_numbers(acme, with_numbers({"+15551234567", "+15551234568"})));
  const auto taken = stores.tenants->check_numbers(other, with_numbers({"+15551234568", "+15551234567"}));
  BOOST_TEST((error_of(taken) == core::ec::phone_number_taken));
  BOOST_TEST(taken.error().fields.at(0).pointer == "/phoneNumbers/1/phoneNumber");
}

BOOST_AUTO_TEST_CASE(usage_is_added_up_by_day) {
  must(stores.tenants->create(a_company(acme), somebody));
  constexpr int64_t day = 24 * an_hour, first = 1'699'920'000'000; // 2023-11-14T00:00Z
  auto late = voice_event(3);
  late.call->started_at = core::timestamp{first + day};
  late.call->duration_seconds = 61;
  record({voice_event(1), voice_event(2), late});
  const auto found = must(stores.facts->usage(acme, {{{first}, {first + day}}, {{first + day}, {first + 2 * day}}}));
  BOOST_REQUIRE_EQUAL(found.size(), 2);
  BOOST_TEST((found[0].calls_in == 2 && found[0].call_minutes == 0));
  BOOST_TEST((found[1].calls_in == 1 && found[1].call_minutes == 2));
  BOOST_TEST(must(stores.facts->usage(other, {{{first}, {first + day}}}))[0].calls_in == 0);
}

BOOST_AUTO_TEST_CASE(the_first_request_with_a_key_is_carried_out_and_the_others_get_its_answer) {
  auto& kept = *stores.idempotency;
  const core::timestamp abandoned{noon.ms - 60'000}, forget{noon.ms - 24 * an_hour};
  BOOST_TEST(!must(kept.begin("s", "k", "body", noon, abandoned, forget)).answer.has_value());
  BOOST_TEST((error_of(kept.begin("s", "k", "body", noon, abandoned, forget)) == core::ec::idempotency_in_progress));
  BOOST_TEST((error_of(kept.begin("s", "k", "else", noon, abandoned, forget)) == core::ec::idempotency_key_reused));
  BOOST_TEST(!must(kept.begin("other scope", "k", "else", noon, abandoned, forget)).answer.has_value());
  must(kept.finish("s", "k", "201\nthe-only-key-shown"));
  BOOST_TEST(must(kept.begin("s", "k", "body", noon, abandoned, forget)).answer.value() == "201\nthe-only-key-shown");
  BOOST_TEST((error_of(kept.begin("s", "k", "else", noon, abandoned, forget)) == core::ec::idempotency_key_reused));
  BOOST_TEST(count("select count(*) from idempotent_answer where answer like '%only-key%'") == 0);
  must(kept.forget("s", "k"));
  BOOST_TEST(!must(kept.begin("s", "k", "else", noon, abandoned, forget)).answer.has_value());
}

BOOST_AUTO_TEST_CASE(what_a_dead_node_began_is_taken_over_once_and_remembers_when_it_began) {
  auto& kept = *stores.idempotency;
  must(kept.begin("s", "k", "body", noon, {0}, {0}));
  const core::timestamp later{noon.ms + 61'000};
  const auto again = must(kept.begin("s", "k", "body", later, {noon.ms + 1}, {0}));
  BOOST_TEST((!again.answer && again.first_at == noon));
  BOOST_TEST((error_of(kept.begin("s", "k", "body", later, {noon.ms + 1}, {0})) == core::ec::idempotency_in_progress));
}

BOOST_AUTO_TEST_CASE(keys_of_yesterday_are_free_again) {
  auto& kept = *stores.idempotency;
  must(kept.begin("s", "k", "body", noon, {0}, {0}));
  must(kept.finish("s", "k", "201\n"));
  const core::timestamp tomorrow{noon.ms + 24 * an_hour + 1};
  BOOST_TEST(!must(kept.begin("s", "k", "else", tomorrow, {0}, {noon.ms + 1})).answer.has_value());
}

BOOST_AUTO_TEST_CASE(hostile_texts_come_back_as_they_were) {
  for (const std::string text :
       {"'; drop table api_key; --", "\" or 1=1 --", "\\x00", "%00", ":name", "?", "$1", "{}", "NULL", "0x27",
        "1 union select key_hash from api_key", "\xF0\x9F\x98\x80 \xE2\x80\xAE", "\x1f\x1e\x01", "\t\r\n"}) {
    const auto id = core::new_id("key_", 12);
    auto key = a_key(id, core::role::platform_admin);
    key.label = text;
    must(stores.access->create_key(key, core::token_hash(id), somebody));
    BOOST_TEST(must(stores.access->find_key(core::token_hash(id))).label == text);
    BOOST_TEST((error_of(stores.access->find_key(text)) == core::ec::unauthenticated));
    BOOST_TEST((error_of(stores.access->find_user(text)) == core::ec::unauthenticated));
    BOOST_TEST(must(stores.audit->list({core::tenant_id(text), {}, {}}, {})).rows.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "core/token_hash.hpp"
#include "http/checks/authenticate.hpp"
#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

constexpr auto own = "co_01jd8w3k2v"; // the company of fake_gateway
const core::tenant_id foreign("co_foreign00001");

std::string path_with(std::string path, const std::string& company) {
  for (const auto& [name, value] : {std::pair<std::string, std::string>("{companyId}", company),
                                    {"{callId}", "call_000000"},
                                    {"{keyId}", "key_000000000"},
                                    {"{user}", "ana"},
                                    {"{alertId}", "al_0000000"},
                                    {"{channelId}", "ch_0000000"},
                                    {"{messageId}", "msg_000000"},
                                    {"{number}", "+15551234567"}})
    if (const auto at = path.find(name); at != std::string::npos)
      path.replace(at, name.size(), value);
  BOOST_REQUIRE_MESSAGE(path.find('{') == std::string::npos, "say here what stands for it in " << path);
  return path;
}

/// An answer without what is different each time.
std::string without_request_id(const fake_exchange& answered) {
  auto body = answered.answer().body;
  const auto at = body.find("\"requestId\":\"");
  return at == std::string::npos ? body : body.substr(0, at);
}

/// Routes without a company in their path that a company's key may take, and why that shows nothing of another's.
const std::set<std::string> by_key = {
    "list_companies", // only its own
    "get_session",
    "delete_session",
    // the company of X-Company-Id, which must be its own
    "send_message",
    "resolve_message",
    // the company of X-Company-Id, which must be its own; ids of another's are tried below
    "get_message",
    "list_channels",
    "get_channel",
    "list_channel_messages",
    "mark_channel_read",
    "live_events",
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(access, node_fixture)

BOOST_AUTO_TEST_CASE(no_company_sees_that_another_exists) {
  const auto table = http::api_routes(ctx);
  const std::vector<std::string> ids = {own, "co_nobody00", "x", "CO_01JD8W3K2V", "co_01jd8w3k2v'--", "%00", "..", "*"};
  size_t cells = 0;
  for (const auto role : {core::role::company_viewer, core::role::company_admin}) {
    const auto key = gateway.add_key(role, foreign);
    for (const auto& route : table.routes()) {
      if (route.access == http::access::open)
        continue;
      const bool of_company = route.path.find("{companyId}") != std::string::npos;
      const bool platform = route.access == http::access::platform_admin;
      BOOST_REQUIRE_MESSAGE(of_company || platform || by_key.contains(route.operation),
                            route.operation << " is in no row of this matrix");
      std::string first;
      for (const auto& id : ids) {
        const pairs headers = of_company ? pairs{} : pairs{{"X-Company-Id", id}};
        const auto answered = ask_as(key, route.method, path_with(route.path, id), "{}", headers);
        ++cells;
        BOOST_TEST(answered->status() == (platform ? 403 : 404), route.operation << " " << id);
        const auto shown = without_request_id(*answered);
        BOOST_TEST(shown == (first.empty() ? shown : first), route.operation << " " << id);
        first = shown;
      }
    }
  }
  BOOST_TEST_MESSAGE(cells << " cells");
  BOOST_TEST(cells > 300);
}

BOOST_AUTO_TEST_CASE(a_viewer_reads_its_own_company_and_changes_nothing) {
  const auto viewer = gateway.add_key(core::role::company_viewer, gateway.company.tenant.id);
  const auto table = http::api_routes(ctx);
  for (const auto& route : table.routes()) {
    if (route.path.find("{companyId}") == std::string::npos)
      continue;
    const auto answered = ask_as(viewer, route.method, path_with(route.path, own), "{}");
    const bool reads = route.method == "GET";
    BOOST_TEST((answered->status() == 403) == !reads, route.operation << " " << answered->status());
  }
}

BOOST_AUTO_TEST_CASE(a_company_administrator_changes_its_own_company_but_does_not_remove_it) {
  const auto admin = gateway.add_key(core::role::company_admin, gateway.company.tenant.id);
  const std::string path = std::string("/api/companies/") + own;
  BOOST_TEST(
      ask_as(admin, "PATCH", path, R"({"companyName":"New"})", {{"Content-Type", "application/json"}})->status() ==
      200);
  BOOST_TEST(ask_as(admin, "DELETE", path)->status() == 403);
  BOOST_TEST(ask_as(admin, "POST", "/api/companies", R"({"companyName":"New"})")->status() == 403);
  BOOST_TEST(ask_as(admin, "GET", "/api/companies")->json()["data"].Size() == 1);
}

BOOST_AUTO_TEST_CASE(a_key_is_asked_for_once_in_five_seconds) {
  const auto key = gateway.add_key(core::role::platform_admin);
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(ask_as(key, "GET", "/api/companies")->status() == 200);
  BOOST_TEST(gateway.key_questions == 1);
  BOOST_TEST(gateway.keys_used.size() == 1);
  gateway.keys.clear(); // revoked on another node
  clock.pass_ms(http::key_ring::fresh_ms - 1);
  BOOST_TEST(ask_as(key, "GET", "/api/companies")->status() == 200);
  clock.pass_ms(1);
  BOOST_TEST(ask_as(key, "GET", "/api/companies")->status() == 401);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_deleted_here_opens_nothing_any_more) {
  const auto made =
      ask("POST", "/api/admin/keys", R"({"role":"company_admin","companyId":"co_01jd8w3k2v","label":"ci"})",
          {{"Content-Type", "application/json"}});
  BOOST_REQUIRE_EQUAL(made->status(), 201);
  const std::string key = made->json()["key"].GetString(), id = made->json()["id"].GetString();
  BOOST_TEST(ask_as(key, "GET", std::string("/api/companies/") + own)->status() == 200);
  BOOST_TEST(ask("DELETE", "/api/admin/keys/" + id)->status() == 204);
  BOOST_TEST(ask_as(key, "GET", std::string("/api/companies/") + own)->status() == 401);
}

BOOST_AUTO_TEST_CASE(while_the_database_is_away_a_known_key_still_opens) {
  const auto key = gateway.add_key(core::role::platform_admin), stranger = gateway.add_key(core::role::platform_admin);
  BOOST_TEST(ask_as(key, "GET", "/api/admin/actors")->status() == 200);
  gateway.failure = core::error{core::ec::database_unavailable, "away", "", {}};
  clock.pass_ms(60'000);
  BOOST_TEST(ask_as(key, "GET", "/api/admin/actors")->status() == 200);
  BOOST_TEST(ask_as(stranger, "GET", "/api/admin/actors")->status() == 503);
  clock.pass_ms(http::key_ring::stale_ms);
  BOOST_TEST(ask_as(key, "GET", "/api/admin/actors")->status() == 503);
}

BOOST_AUTO_TEST_CASE(ten_thousand_guesses_reach_the_check_thirty_times_and_the_owner_is_not_held_up) {
  const auto key = gateway.add_key(core::role::platform_admin);
  BOOST_TEST(ask_as(key, "GET", "/api/companies")->status() == 200);
  gateway.key_questions = 0;
  int refused = 0, slowed = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto answered = ask_as(core::new_token("tk_"), "GET", "/api/companies");
    ++(answered->status() == 429 ? slowed : refused);
    if (answered->status() == 429)
      BOOST_REQUIRE_EQUAL(answered->sent("Retry-After"), "6");
  }
  BOOST_TEST(gateway.key_questions == 30);
  BOOST_TEST((refused == 30 && slowed == 9'970));
  BOOST_TEST(ask_as(key, "GET", "/api/companies")->status() == 200);
  clock.pass_ms(6'000);
  BOOST_TEST(ask_as(core::new_token("tk_"), "GET", "/api/companies")->status() == 401);
  BOOST_TEST(ask_as(core::new_token("tk_"), "GET", "/api/companies")->status() == 429);
}

BOOST_AUTO_TEST_CASE(the_same_wrong_key_again_is_no_new_guess) {
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(ask_as("a-wrong-key-0123456789", "GET", "/api/companies")->status() == 401);
  BOOST_TEST(gateway.key_questions == 1);
}

BOOST_AUTO_TEST_CASE(a_session_writes_only_with_its_csrf_token) {
  const auto signed_in = ask_as("", "POST", "/api/session", R"({"user":"ana","password":"correct horse battery"})",
                                {{"Content-Type", "application/json"}});
  BOOST_REQUIRE_EQUAL(signed_in->status(), 200);
  const std::string csrf = signed_in->json()["csrfToken"].GetString(), set = signed_in->sent("Set-Cookie");
  BOOST_TEST(set.find("HttpOnly; SameSite=Strict") != std::string::npos);
  const std::string cookie = "theme=dark; " + set.substr(0, set.find(';'));
  const std::string path = std::string("/api/companies/") + own;
  const pairs json = {{"Content-Type", "application/json"}, {"Cookie", cookie}};
  BOOST_TEST(ask_as("", "GET", path, "", json)->status() == 200);
  BOOST_TEST(ask_as("", "PATCH", path, "{}", json)->code() == "csrf_failed");
  auto wrong = json, right = json;
  wrong.emplace_back("X-CSRF-Token", std::string(csrf.size(), '0'));
  right.emplace_back("X-CSRF-Token", csrf);
  BOOST_TEST(ask_as("", "PATCH", path, "{}", wrong)->code() == "csrf_failed");
  BOOST_TEST(ask_as("", "PATCH", path, "{}", right)->status() == 200);
  BOOST_TEST(ask_as("", "GET", "/api/session", "", json)->json()["csrfToken"].GetString() == csrf);
  BOOST_TEST(ask_as("", "DELETE", "/api/session", "", right)->status() == 204);
  BOOST_TEST(ask_as("", "GET", path, "", json)->status() == 401);
}

BOOST_AUTO_TEST_CASE(a_cookie_is_marked_secure_where_the_console_is_not_on_this_machine) {
  const auto sign_in = [&] {
    return ask_as("", "POST", "/api/session", R"({"user":"ana","password":"correct horse battery"})",
                  {{"Content-Type", "application/json"}})
        ->sent("Set-Cookie");
  };
  BOOST_TEST(sign_in().find("Secure") == std::string::npos);
  ctx.settings.secure_cookies = true;
  BOOST_TEST(sign_in().find("; Secure") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(guessing_a_password_is_slowed_down) {
  const auto sign_in = [&](const std::string& password) {
    return ask_as("", "POST", "/api/session", R"({"user":"ana","password":")" + password + "\"}",
                  {{"Content-Type", "application/json"}})
        ->status();
  };
  for (int i = 0; i < 30; ++i)
    BOOST_TEST(sign_in("wrong password") == 401);
  BOOST_TEST(sign_in("wrong password") == 429);
  BOOST_TEST(sign_in(password) == 429);
  clock.pass_ms(6'000);
  BOOST_TEST(sign_in(password) == 200);
}

BOOST_AUTO_TEST_SUITE_END()

// -- Idempotency-Key --------------------------------------------------------------------------------------------------

namespace {

struct idempotency_fixture : node_fixture {
  std::shared_ptr<fake_exchange> create(const std::string& key, const std::string& name = "Acme") {
    return ask("POST", "/api/companies", R"({"companyName":")" + name + "\"}",
               {{"Content-Type", "application/json"}, {"Idempotency-Key", key}});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(idempotency, idempotency_fixture)

BOOST_AUTO_TEST_CASE(a_repetition_is_answered_alike_and_carried_out_once) {
  const auto first = create("k1"), again = create("k1");
  BOOST_TEST(first->status() == 201);
  BOOST_TEST(again->status() == 201);
  BOOST_TEST(again->answer().body == first->answer().body);
  BOOST_TEST(again->sent("ETag") == first->sent("ETag"));
  BOOST_TEST(again->sent("Location") == first->sent("Location"));
  BOOST_TEST(again->sent("Idempotency-Replayed") == "true");
  BOOST_TEST(first->sent("Idempotency-Replayed") == "");
  BOOST_TEST(gateway.created == 1);
}

BOOST_AUTO_TEST_CASE(another_body_under_the_same_key_is_refused) {
  create("k1");
  BOOST_TEST(create("k1", "Other")->code() == "idempotency_key_reused");
  BOOST_TEST(gateway.created == 1);
}

BOOST_AUTO_TEST_CASE(while_the_first_runs_the_second_is_told_to_wait) {
  gateway.holds_answers = true;
  const auto first = create("k1");
  BOOST_TEST(first->answers == 0);
  const auto second = create("k1");
  BOOST_TEST(second->code() == "idempotency_in_progress");
  BOOST_TEST(second->sent("Retry-After") == "1");
  gateway.held.at(0).answer(core::tenant_profile{gateway.held.at(0).tenant, {}});
  BOOST_TEST(first->status() == 201);
  BOOST_TEST(create("k1")->sent("Idempotency-Replayed") == "true");
}

BOOST_AUTO_TEST_CASE(a_refusal_that_says_nothing_of_the_request_is_not_kept) {
  BOOST_TEST(create("k1", "")->status() == 400);
  BOOST_TEST(create("k1")->status() == 201);
}

BOOST_AUTO_TEST_CASE(a_key_is_one_to_255_printable_characters_given_once) {
  BOOST_TEST(create("")->code() == "invalid_idempotency_key");
  BOOST_TEST(create(std::string(256, 'k'))->code() == "invalid_idempotency_key");
  BOOST_TEST(create("caf\xC3\xA9")->code() == "invalid_idempotency_key");
  BOOST_TEST(create(std::string(255, 'k'))->status() == 201);
  const auto twice = ask("POST", "/api/companies", R"({"companyName":"A"})",
                         {{"Content-Type", "application/json"}, {"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}});
  BOOST_TEST(twice->code() == "invalid_idempotency_key");
}

BOOST_AUTO_TEST_CASE(what_is_made_under_a_key_goes_by_an_id_that_follows_from_it) {
  const std::string id = create("k1")->json()["id"].GetString();
  gateway.kept.clear(); // as if the node had died before it kept the answer
  BOOST_TEST(create("k1")->json()["id"].GetString() == id);
  gateway.kept.clear();
  BOOST_TEST(create("k2")->json()["id"].GetString() != id);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

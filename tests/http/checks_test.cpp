#include "http/checks/json_body.hpp"
#include "http/checks/media_type.hpp"
#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

BOOST_FIXTURE_TEST_SUITE(checks, node_fixture)

BOOST_AUTO_TEST_CASE(the_platform_key_opens_and_nothing_else_does) {
  const std::string key = admin_key;
  const std::pair<pairs, bool> cases[] = {
      {{{"Authorization", "Bearer " + key}}, true},
      {{}, false},
      {{{"Authorization", key}}, false},
      {{{"Authorization", "Basic " + key}}, false},
      {{{"Authorization", "Bearer"}}, false},
      {{{"Authorization", "Bearer "}}, false},
      {{{"Authorization", "Bearer  " + key}}, false},
      {{{"Authorization", "Bearer " + key + "x"}}, false},
      {{{"Authorization", "Bearer " + key.substr(1)}}, false},
      {{{"Authorization", "Bearer " + std::string(key.size(), '\0')}}, false},
      {{{"Authorization", "Bearer " + std::string(7000, 'a')}}, false},
      {{{"Authorization", "Bearer " + key}, {"Authorization", "Bearer " + key}}, false},
      {{{"Authorization", "Bearer wrong"}, {"Authorization", "Bearer " + key}}, false},
      {{{"X-Api-Key", key}}, false},
  };
  for (const auto& [headers, wanted] : cases) {
    const auto answer = ask_as("", "GET", "/api/companies", "", headers);
    const auto shown = headers.empty() ? "no header" : headers[0].second.substr(0, 40);
    BOOST_TEST(answer->status() == (wanted ? 200 : 401), shown);
    if (!wanted)
      BOOST_TEST(answer->code() == "unauthenticated", shown);
  }
}

BOOST_AUTO_TEST_CASE(without_a_configured_key_nobody_is_admitted) {
  ctx.settings.admin_key = core::secret("");
  BOOST_TEST(ask_as("", "GET", "/api/companies", "", {{"Authorization", "Bearer "}})->status() == 401);
}

BOOST_AUTO_TEST_CASE(every_route_that_is_not_open_wants_the_key) {
  const auto table = http::api_routes(ctx);
  for (const auto& route : table.routes()) {
    if (route.access == http::access::open)
      continue;
    auto request = a_request(route.method, route.path, "{}");
    api(request);
    BOOST_TEST(request->status() == 401, route.path);
    BOOST_TEST(request->sent("WWW-Authenticate") == "Bearer");
  }
}

BOOST_AUTO_TEST_CASE(a_media_type_is_compared_without_case_and_parameters) {
  using http::checks::is_media_type;
  for (const auto* type :
       {"application/json", "Application/JSON", "application/json; charset=UTF-8", "application/json ;x"})
    BOOST_TEST(is_media_type(type, "application/json"), type);
  for (const auto* type : {"", "text/plain", "application/jso", "application/jsonx", "application/json,text/plain",
                           " application/json", "application/problem+json"})
    BOOST_TEST(!is_media_type(type, "application/json"), type);
}

BOOST_AUTO_TEST_CASE(a_json_body_has_its_type_no_encoding_and_at_most_64_kib) {
  const auto code = [](size_t size, const pairs& headers) {
    fake_exchange request("POST", "/", std::string(size, ' '));
    for (const auto& [name, value] : headers)
      request.with(name, value);
    const auto body = http::checks::json_body(request);
    return body ? "ok" : std::string(core::to_string(body.error().code));
  };
  const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
  BOOST_TEST(code(65'536, {json}) == "ok");
  BOOST_TEST(code(65'537, {json}) == "payload_too_large");
  BOOST_TEST(code(2, {}) == "unsupported_media_type");
  BOOST_TEST(code(2, {{"Content-Type", "text/plain"}}) == "unsupported_media_type");
  BOOST_TEST(code(2, {json, {"Content-Encoding", "gzip"}}) == "unsupported_media_type");
}

BOOST_AUTO_TEST_CASE(a_new_company_is_refused_field_by_field) {
  const auto refused = [&](std::string body) {
    const auto request = ask("POST", "/api/companies", std::move(body), {{"Content-Type", "application/json"}});
    if (request->status() != 400)
      return std::to_string(request->status());
    std::string pointers;
    const auto problem = request->json();
    for (const auto& field : problem["errors"].GetArray())
      pointers += field["pointer"].GetString();
    return pointers;
  };
  BOOST_TEST(refused(R"({"companyName":"Acme"})") == "201");
  BOOST_TEST(refused(R"({"companyName":"Acme","menuUrl":"https://acme.example/menu","assignPhone":false})") == "201");
  BOOST_TEST(refused(R"({})") == "/companyName");
  BOOST_TEST(refused(R"({"companyName":null})") == "/companyName");
  BOOST_TEST(refused(R"({"companyName":""})") == "/companyName");
  BOOST_TEST(refused(R"({"companyName":"A","country":"us"})") == "/country");
  BOOST_TEST(refused(R"({"companyName":"A","timeZone":"Mars/Base"})") == "/timeZone");
  BOOST_TEST(refused(R"({"companyName":"A","menuUrl":"http://acme.example"})") == "/menuUrl");
  BOOST_TEST(refused("{\"companyName\":\"A\",\"menuUrl\":\"https://a.example/\\r\\nX: y\"}") == "/menuUrl");
  BOOST_TEST(refused(R"({"companyName":"A","assignPhone":"yes"})") == "/assignPhone");
  BOOST_TEST(refused(R"({"companyName":"A","id":"co_x"})") == "/id");
  BOOST_TEST(refused(R"({"companyName":"A","companyName":"B"})") == "/companyName");
}

BOOST_AUTO_TEST_CASE(a_number_that_was_wished_for_and_is_not_there_has_a_reason_and_no_refusal) {
  const auto reason = [&](const std::string& wish) {
    const auto request =
        ask("POST", "/api/companies", R"({"companyName":"A")" + wish + "}", {{"Content-Type", "application/json"}});
    BOOST_TEST(request->status() == 201);
    const auto company = request->json();
    return std::string(company["phoneAssignment"]["reason"].GetString());
  };
  BOOST_TEST(reason("") == "not_requested");
  BOOST_TEST(reason(R"(,"assignPhone":true)") == "twilio_not_configured");
}

BOOST_AUTO_TEST_CASE(a_failing_question_is_a_problem) {
  gateway.failure = core::error{core::ec::database_unavailable, "The database does not answer.", "", {}};
  for (const auto* target : {"/api/companies", "/api/companies/co_01jd8w3k2v", "/api/companies/co_01jd8w3k2v/calls"}) {
    const auto request = ask("GET", target);
    BOOST_TEST(request->status() == 503, target);
    BOOST_TEST(request->code() == "database_unavailable");
    BOOST_TEST(request->answers == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

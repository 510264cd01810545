#include "http/respond.hpp"
#include "tests/http/fake_exchange.hpp"

namespace trunkline::tests {

using core::ec;

BOOST_AUTO_TEST_SUITE(respond)

BOOST_AUTO_TEST_CASE(every_code_is_a_problem_with_all_its_fields) {
  for (int i = 0; i <= static_cast<int>(ec::internal_error); ++i) {
    const auto code = static_cast<ec>(i);
    if (code == ec::signature_rejected)
      continue;
    fake_exchange request;
    http::respond_error(request, {code, "", "", {}});
    const std::string name(core::to_string(code));
    const auto problem = request.json();
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(request.answer().content_type == "application/problem+json");
      BOOST_TEST(problem["type"].GetString() == "urn:trunkline:problem:" + name);
      BOOST_TEST(problem["code"].GetString() == name);
      BOOST_TEST(problem["status"].GetInt() == request.status());
      BOOST_TEST(request.status() >= 400);
      BOOST_TEST(problem["title"].GetStringLength() > 0);
      BOOST_TEST(problem["detail"].GetStringLength() > 0);
      BOOST_TEST(problem["requestId"].GetString() == request.id().value);
      BOOST_TEST(request.sent("X-Request-Id") == request.id().value);
      BOOST_TEST(!problem.HasMember("errors"));
      const bool later = request.status() == 503 || request.status() == 429;
      BOOST_TEST(problem.HasMember("retryAfterSeconds") == later);
      BOOST_TEST(request.sent("Retry-After") == (later || name == "idempotency_in_progress" ? "1" : ""));
      BOOST_TEST(request.sent("WWW-Authenticate") == (request.status() == 401 ? "Bearer" : ""));
      BOOST_TEST(problem.MemberCount() == (later ? 7u : 6u));
    }
  }
}

BOOST_AUTO_TEST_CASE(statuses_are_those_of_the_contract) {
  const std::pair<ec, int> cases[] = {
      {ec::invalid_request, 400},
      {ec::invalid_cursor, 400},
      {ec::malformed_webhook, 400},
      {ec::unauthenticated, 401},
      {ec::forbidden, 403},
      {ec::signature_rejected, 403},
      {ec::not_found, 404},
      {ec::company_not_found, 404},
      {ec::method_not_allowed, 405},
      {ec::payload_too_large, 413},
      {ec::unsupported_media_type, 415},
      {ec::phone_number_taken, 409},
      {ec::invalid_state, 409},
      {ec::etag_mismatch, 412},
      {ec::invalid_configuration, 422},
      {ec::twilio_credentials_rejected, 422},
      {ec::too_many_requests, 429},
      {ec::overloaded, 503},
      {ec::not_ready, 503},
      {ec::twilio_unreachable, 503},
      {ec::database_unavailable, 503},
      {ec::company_quarantined, 503},
      {ec::internal_error, 500},
  };
  for (const auto& [code, status] : cases)
    BOOST_TEST(http::problem(core::request_id("req_1"), {code, "", "", {}}).status == status, core::to_string(code));
}

BOOST_AUTO_TEST_CASE(a_refused_signature_tells_nothing) {
  fake_exchange request;
  http::respond_error(request, {ec::signature_rejected, "the third byte is wrong", "", {{"/x", "y", "z"}}});
  BOOST_TEST(request.status() == 403);
  BOOST_TEST(request.answer().body == "");
  BOOST_TEST(request.answer().content_type == "");
  BOOST_TEST(request.answer().headers.empty());
}

BOOST_AUTO_TEST_CASE(an_internal_error_keeps_its_detail_for_the_log) {
  fake_exchange request;
  http::respond_error(request, {ec::internal_error, "table users is gone", "select password", {}});
  BOOST_TEST(request.answer().body.find("users") == std::string::npos);
  BOOST_TEST(request.answer().body.find("password") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_context_of_an_error_never_leaves) {
  fake_exchange request;
  http::respond_error(request, {ec::database_unavailable, "", "host=10.0.0.7", {}});
  BOOST_TEST(request.answer().body.find("10.0.0.7") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_field_has_its_entry_in_errors) {
  fake_exchange request;
  http::respond_error(request,
                      {ec::invalid_request,
                       "forwardNumber: wrong.",
                       "",
                       {{"/forwardNumber", "invalid_phone_number", "Invalid \"format\"\r\n"}, {"/x", "y", "z"}}});
  const auto problem = request.json();
  BOOST_TEST(problem["detail"].GetString() == "forwardNumber: wrong.");
  BOOST_REQUIRE(problem["errors"].Size() == 2);
  BOOST_TEST(problem["errors"][0]["pointer"].GetString() == "/forwardNumber");
  BOOST_TEST(problem["errors"][0]["code"].GetString() == "invalid_phone_number");
  BOOST_TEST(problem["errors"][0]["detail"].GetString() == "Invalid \"format\"\r\n");
}

BOOST_AUTO_TEST_CASE(only_a_400_has_errors) {
  fake_exchange request;
  http::respond_error(request, {ec::phone_number_taken, "", "", {{"/phoneNumbers/0", "phone_number_taken", "taken"}}});
  BOOST_TEST(!request.json().HasMember("errors"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

http::route_table table() {
  const auto route = [](std::string method, std::string path) {
    return http::route{std::move(method), std::move(path), "", http::access::open, {}};
  };
  return http::route_table({route("GET", "/a/{id}"), route("GET", "/a/fixed"), route("PUT", "/a/{id}"),
                            route("POST", "/a"), route("GET", "/a/{id}/b/{other}")});
}

} // namespace

BOOST_AUTO_TEST_SUITE(routing_table)

BOOST_AUTO_TEST_CASE(captures_are_the_segments_as_they_are) {
  const auto routes = table();
  const auto found = routes.find("GET", "/a/x%2Fy/b/z");
  BOOST_REQUIRE(found.found);
  BOOST_TEST(found.captures == (std::vector<std::string_view>{"x%2Fy", "z"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_fixed_segment_wins_over_a_capture) {
  const auto routes = table();
  BOOST_TEST(routes.find("GET", "/a/fixed").found->path == "/a/fixed");
  BOOST_TEST(routes.find("PUT", "/a/fixed").found->path == "/a/{id}");
}

BOOST_AUTO_TEST_CASE(get_also_answers_head) {
  const auto routes = table();
  BOOST_TEST(routes.find("HEAD", "/a/fixed").found->method == "GET");
  BOOST_TEST(!routes.find("HEAD", "/a").found);
}

BOOST_AUTO_TEST_CASE(a_known_path_tells_its_methods) {
  const auto routes = table();
  BOOST_TEST(routes.find("DELETE", "/a/1").allowed == "GET, PUT");
  BOOST_TEST(routes.find("GET", "/a").allowed == "POST");
  BOOST_TEST(routes.find("get", "/a").allowed == "POST");
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_path) {
  const auto routes = table();
  for (const auto* path : {"", "a", "/", "/A", "/a/", "/a//b/z", "//a", "/a/1/", "/a/1/b", "/a/1/b/", "/a/../a",
                           "/a/1/../b/2", "/%61", "/a/1/%62/2", "/a/1;x/b", "/a/1/b/2/c", "*", "http://host/a"}) {
    const auto found = routes.find("POST", path);
    BOOST_TEST(!found.found, path);
    BOOST_TEST(found.allowed == "", path);
  }
}

BOOST_AUTO_TEST_CASE(a_path_of_very_many_segments_is_none) {
  const auto routes = table();
  std::string path;
  for (int i = 0; i < 4000; ++i)
    path += "/a";
  BOOST_TEST(!routes.find("GET", path).found);
}

BOOST_AUTO_TEST_CASE(dots_are_a_segment_like_any_other) { // there are no files behind it
  const auto routes = table();
  const auto found = routes.find("GET", "/a/..");
  BOOST_REQUIRE(found.found);
  BOOST_TEST(found.captures.at(0) == "..");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(serving, node_fixture)

BOOST_AUTO_TEST_CASE(a_wrong_method_is_405_with_allow) {
  const auto request = ask("DELETE", "/api/companies");
  BOOST_TEST(request->status() == 405);
  BOOST_TEST(request->code() == "method_not_allowed");
  BOOST_TEST(request->sent("Allow") == "POST, GET");
  auto webhook = a_request("GET", "/api/twilio/voice");
  webhooks(webhook);
  BOOST_TEST(webhook->status() == 405);
  BOOST_TEST(webhook->sent("Allow") == "POST");
}

BOOST_AUTO_TEST_CASE(an_unknown_path_is_404_before_anybody_is_asked_for_a_key) {
  auto request = a_request("GET", "/api/companies/../admin/actors");
  api(request);
  BOOST_TEST(request->status() == 404);
  BOOST_TEST(request->code() == "not_found");
}

BOOST_AUTO_TEST_CASE(a_path_that_is_not_utf8_is_404_and_no_actor_hears_of_it) {
  gateway.failure = core::error{core::ec::internal_error, "", "", {}};
  BOOST_TEST(ask("GET", "/api/companies/\xFF")->status() == 404);
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_is_500_without_internals) {
  const auto serve = http::serve(ctx, http::route_table({{"GET", "/x", "", http::access::open, [](const auto&) {
                                                            throw std::runtime_error("password=hunter2");
                                                          }}}));
  auto request = a_request("GET", "/x");
  serve(request);
  BOOST_TEST(request->status() == 500);
  BOOST_TEST(request->code() == "internal_error");
  BOOST_TEST(request->answer().body.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(readiness_gives_its_reasons) {
  gateway.reasons = {"database", "draining"};
  const auto request = ask("GET", "/readyz");
  BOOST_TEST(request->status() == 503);
  BOOST_TEST(request->answer().body == R"({"status":"not_ready","reasons":["database","draining"]})");
  BOOST_TEST(request->sent("Retry-After") == "1");
  gateway.reasons = {};
  BOOST_TEST(ask("GET", "/readyz")->answer().body == R"({"status":"ready"})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

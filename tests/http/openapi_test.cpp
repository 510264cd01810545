#include "http/handlers/openapi.hpp"
#include "tests/http/node_fixture.hpp"

#include <map>

namespace trunkline::tests {

namespace {

using place = std::pair<std::string, std::string>; // method, path

rapidjson::Document description() {
  rapidjson::Document document;
  const auto text = http::handlers::openapi_text();
  document.Parse(text.data(), text.size());
  BOOST_REQUIRE(!document.HasParseError());
  return document;
}

/// operationId by method and path.
std::map<place, std::string> described() {
  constexpr std::array<std::string_view, 5> methods = {"get", "put", "post", "patch", "delete"};
  std::map<place, std::string> all;
  const auto document = description();
  for (const auto& path : document["paths"].GetObject())
    for (const auto& member : path.value.GetObject())
      if (std::string method = member.name.GetString();
          std::find(methods.begin(), methods.end(), method) != methods.end()) {
        for (auto& c : method)
          c = static_cast<char>(std::toupper(c));
        all[{method, path.name.GetString()}] = member.value["operationId"].GetString();
      }
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(openapi, node_fixture)

BOOST_AUTO_TEST_CASE(every_route_of_the_api_is_described_and_nothing_else_is) {
  std::map<place, std::string> served;
  const auto table = http::api_routes(ctx);
  for (const auto& route : table.routes())
    served[{route.method, route.path}] = route.operation;
  const auto documented = described();
  for (const auto& [where, operation] : served) {
    const auto found = documented.find(where);
    BOOST_REQUIRE_MESSAGE(found != documented.end(), "not described: " << where.first << " " << where.second);
    BOOST_TEST(found->second == operation);
  }
  for (const auto& [where, operation] : documented)
    BOOST_TEST(served.contains(where), "described but not served: " << where.first << " " << where.second);
}

BOOST_AUTO_TEST_CASE(only_open_routes_are_described_as_open) {
  const auto document = description();
  const auto table = http::api_routes(ctx);
  for (const auto& route : table.routes()) {
    auto method = route.method;
    for (auto& c : method)
      c = static_cast<char>(std::tolower(c));
    const auto& operation = document["paths"][route.path][method];
    const bool open = operation.HasMember("security") && operation["security"].Empty();
    BOOST_TEST(open == (route.access == http::access::open), route.path);
    const bool signs_in = route.operation == "create_session";
    BOOST_TEST(operation["responses"].HasMember("401") == (!open || signs_in), route.path);
  }
}

BOOST_AUTO_TEST_CASE(it_carries_the_version_of_the_program) {
  BOOST_TEST(description()["info"]["version"].GetString() == std::string(TRUNKLINE_VERSION));
}

BOOST_AUTO_TEST_CASE(it_is_served_to_anybody) {
  auto request = a_request("GET", "/api/openapi.json");
  api(request);
  BOOST_TEST(request->status() == 200);
  BOOST_TEST(request->answer().body == http::handlers::openapi_text());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

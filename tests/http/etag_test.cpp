#include "http/etag.hpp"
#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

BOOST_FIXTURE_TEST_SUITE(etag, node_fixture)

BOOST_AUTO_TEST_CASE(if_match_takes_our_own_tags_only) {
  const auto version = [](const std::string& tag) {
    fake_exchange request;
    if (!tag.empty())
      request.with("If-Match", tag);
    return http::if_match(request);
  };
  BOOST_TEST(version("\"v7\"").value().value() == 7);
  BOOST_TEST(!version("").value().has_value());
  BOOST_TEST(!version("*").value().has_value());
  for (const auto* tag :
       {"v7", "\"7\"", "\"v\"", "\"v7", "W/\"v7\"", "\"v7x\"", "\"v99999999999999999999\"", "\"v7\", \"v8\"", "\""}) {
    const auto refused = version(tag);
    BOOST_REQUIRE_MESSAGE(!refused, tag);
    BOOST_TEST((refused.error().code == core::ec::etag_mismatch));
  }
}

BOOST_AUTO_TEST_CASE(a_company_has_a_tag_and_304_when_the_client_has_it) {
  const auto first = ask("GET", "/api/companies/co_01jd8w3k2v");
  BOOST_TEST(first->status() == 200);
  const std::string tag = first->sent("ETag");
  for (const auto& has : {tag, "W/" + tag, "\"v1\", " + tag, "\"v1\" ,  W/" + tag, std::string("*")}) {
    const auto again = ask("GET", "/api/companies/co_01jd8w3k2v", "", {{"If-None-Match", has}});
    BOOST_TEST(again->status() == 304, has);
    BOOST_TEST(again->answer().body == "");
    BOOST_TEST(again->sent("ETag") == tag);
  }
  const auto bare = tag.substr(1, tag.size() - 2);
  for (const auto& has :
       {std::string("\"v2\""), bare, "\"" + bare + "3\"", std::string(","), std::string(" "), "\"" + bare})
    BOOST_TEST(ask("GET", "/api/companies/co_01jd8w3k2v", "", {{"If-None-Match", has}})->status() == 200, has);
}

BOOST_AUTO_TEST_CASE(the_configuration_has_a_tag_of_its_own) {
  BOOST_TEST(ask("GET", "/api/companies/co_01jd8w3k2v/twilio/config")->sent("ETag") == "\"v5\"");
}

BOOST_AUTO_TEST_CASE(a_stale_change_is_412_after_its_shape_and_before_its_rules) {
  const auto put = [&](std::string body, std::string tag) {
    return ask("PUT", "/api/companies/co_01jd8w3k2v/twilio/config", std::move(body),
               {{"Content-Type", "application/json"}, {"If-Match", std::move(tag)}});
  };
  BOOST_TEST(put(R"({"nope":1})", "\"v4\"")->status() == 400);
  BOOST_TEST(put(R"({"callRoutingMode":"forward"})", "\"v4\"")->code() == "etag_mismatch");
  BOOST_TEST(put(R"({"callRoutingMode":"forward"})", "\"v5\"")->code() == "invalid_configuration");
  BOOST_TEST(put(R"({"callRoutingMode":"voicemail"})", "\"v5\"")->status() == 200);
  BOOST_TEST(put(R"({"callRoutingMode":"voicemail"})", "nonsense")->status() == 412);
}

BOOST_AUTO_TEST_CASE(what_was_created_has_a_tag_and_a_place) {
  const auto made = ask("POST", "/api/companies", R"({"companyName":"Acme"})", {{"Content-Type", "application/json"}});
  BOOST_REQUIRE(made->status() == 201);
  BOOST_TEST(made->sent("ETag").starts_with("\"v"));
  BOOST_TEST(made->sent("Location") == std::string("/api/companies/") + made->json()["id"].GetString());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

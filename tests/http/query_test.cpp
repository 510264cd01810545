#include "http/query.hpp"
#include "tests/http/node_fixture.hpp"

namespace trunkline::tests {

namespace {

/// What a list with these parameters says to a query: "" when it takes it, else "code" or "pointer,pointer".
std::string complaint(std::string_view text, std::string_view scope = "/list") {
  http::query_reader query(text, {"q", "number", "status", "after", "voicemail"});
  query.text("q");
  query.phone_number("number", "US");
  query.one_of("status", {"busy", "failed"});
  query.time("after");
  query.flag("voicemail");
  query.page(scope);
  const auto ok = query.ok();
  if (ok)
    return "";
  if (ok.error().code == core::ec::invalid_cursor)
    return "invalid_cursor";
  BOOST_TEST((ok.error().code == core::ec::invalid_request));
  BOOST_TEST(!ok.error().detail.empty());
  std::string pointers;
  for (const auto& field : ok.error().fields) {
    pointers += (pointers.empty() ? "" : ",") + field.pointer;
    BOOST_TEST(!field.detail.empty());
  }
  return pointers;
}

} // namespace

BOOST_AUTO_TEST_SUITE(query)

BOOST_AUTO_TEST_CASE(every_complaint_names_its_parameter) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"q=acme&limit=1&status=busy&voicemail=true", ""},
      {"limit=200", ""},
      {"limit=0", "/limit"},
      {"limit=201", "/limit"},
      {"limit=-1", "/limit"},
      {"limit=1e9", "/limit"},
      {"limit=", "/limit"},
      {"limit=99999999999999999999", "/limit"},
      {"limit=10&offset=-1", "/offset"},
      {"sort=;drop", "/sort"},
      {"a~/b=1", "/a~0~1b"},
      {"status=idle", "/status"},
      {"voicemail=yes", "/voicemail"},
      {"after=yesterday", "/after"},
      {"after=2026-11-20", "/after"},
      {"number=12", "/number"},
      {"number=1.5E%2B10", "/number"},
      {"q=%FF", "/q"},
      {"limit=0&status=x&nope=1", "/nope,/status,/limit"},
  };
  for (const auto& [text, wanted] : cases)
    BOOST_TEST(complaint(text) == wanted, text);
}

BOOST_AUTO_TEST_CASE(a_malformed_query_is_refused_as_a_whole) {
  for (const auto* text : {"q=%zz", "q=%", "q=%00", "=x"}) {
    http::query_reader query(text, {"q"});
    const auto ok = query.ok();
    BOOST_REQUIRE_MESSAGE(!ok, text);
    BOOST_TEST((ok.error().code == core::ec::invalid_request));
    BOOST_TEST(ok.error().fields.at(0).pointer == "");
  }
}

BOOST_AUTO_TEST_CASE(a_parameter_given_twice_is_refused) {
  http::query_reader query("q=a&q=b", {"q"});
  BOOST_TEST(!query.ok());
}

BOOST_AUTO_TEST_CASE(numbers_and_times_are_read_in_any_usual_notation) {
  http::query_reader query("number=+12125550101&other=%2B1(212)555-0101&after=2026-11-20T18:24:05.5%2B01:00&"
                           "before=2026-11-20T18:24:05.5+01:00",
                           {"number", "other", "after", "before"});
  BOOST_TEST(query.phone_number("number", "US") == "+12125550101"); // a bare + is a space here
  BOOST_TEST(query.phone_number("other", "US") == "+12125550101");
  const auto after = query.time("after"), before = query.time("before");
  BOOST_REQUIRE(after && before);
  BOOST_TEST(core::to_rfc3339(*after) == "2026-11-20T17:24:05.500Z");
  BOOST_TEST((*after == *before));
  BOOST_TEST(query.ok().has_value());
}

BOOST_AUTO_TEST_CASE(a_cursor_comes_back_as_the_place_it_was_made_of) {
  const auto cursor = http::make_cursor("/list", core::timestamp{1'763'661'845'123}, "co_a.b.c");
  http::query_reader query("limit=7&cursor=" + cursor, {});
  const auto page = query.page("/list");
  BOOST_REQUIRE(query.ok());
  BOOST_TEST(page.limit == 7);
  BOOST_REQUIRE(page.after);
  BOOST_TEST(page.after->first.ms == 1'763'661'845'123);
  BOOST_TEST(page.after->second == "co_a.b.c");
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_list_or_made_up_is_refused) {
  const auto cursor = http::make_cursor("/list&q=a", core::timestamp{1}, "co_1");
  BOOST_TEST(complaint("cursor=" + cursor, "/list&q=a") == "");
  BOOST_TEST(complaint("cursor=" + cursor, "/list&q=b") == "invalid_cursor");
  BOOST_TEST(complaint("cursor=" + cursor, "/other&q=a") == "invalid_cursor");
  for (size_t i = 0; i < cursor.size(); ++i) {
    auto changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(complaint("cursor=" + changed, "/list&q=a") == "invalid_cursor");
    BOOST_TEST(complaint("cursor=" + cursor.substr(0, i), "/list&q=a") == "invalid_cursor");
  }
  for (const auto* made_up : {"x", "!!!!", "MQ", "Li4u", "%FF"})
    BOOST_TEST(complaint(std::string("cursor=") + made_up) == "invalid_cursor", made_up);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pages, node_fixture)

BOOST_AUTO_TEST_CASE(the_next_page_keeps_the_filters_in_any_order_and_may_change_the_limit) {
  const auto first = ask("GET", "/api/companies?q=a&state=active&limit=1");
  BOOST_REQUIRE(first->status() == 200);
  const std::string cursor = first->json()["nextCursor"].GetString();
  BOOST_TEST(ask("GET", "/api/companies?limit=9&state=active&cursor=" + cursor + "&q=a")->status() == 200);
  BOOST_REQUIRE(gateway.asked_page && gateway.asked_page->after);
  BOOST_TEST(gateway.asked_page->after->second == gateway.company.tenant.id.value);
  const auto other = ask("GET", "/api/companies?q=b&state=active&cursor=" + cursor);
  BOOST_TEST(other->status() == 400);
  BOOST_TEST(other->code() == "invalid_cursor");
  BOOST_TEST(ask("GET", "/api/companies/co_01jd8w3k2v/calls?cursor=" + cursor)->code() == "invalid_cursor");
}

BOOST_AUTO_TEST_CASE(a_company_that_is_not_there_has_no_empty_list) {
  for (const auto* list : {"calls", "messages", "calls/call_0123456789"}) {
    const auto request = ask("GET", std::string("/api/companies/co_nobody/") + list);
    BOOST_TEST(request->status() == 404);
    BOOST_TEST(request->code() == "company_not_found");
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

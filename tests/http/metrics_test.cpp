#include "tests/http/node_fixture.hpp"

#include <charconv>
#include <set>
#include <sstream>

namespace trunkline::tests {

namespace {

bool is_name(std::string_view text) {
  return text.starts_with("trunkline_") &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

/// `# HELP name words`, `# TYPE name kind`, or `name{label="value"} number`.
bool is_line(std::string_view line) {
  if (line.starts_with("# HELP ") || line.starts_with("# TYPE "))
    return is_name(line.substr(7, line.find(' ', 7) - 7));
  const auto blank = line.rfind(' ');
  const auto brace = line.find('{');
  if (blank == std::string_view::npos || !is_name(line.substr(0, std::min(blank, brace))))
    return false;
  if (brace != std::string_view::npos && (line[blank - 1] != '}' || line.find("=\"", brace) == std::string_view::npos))
    return false;
  double number = 0;
  const auto [end, error] = std::from_chars(line.data() + blank + 1, line.data() + line.size(), number);
  return error == std::errc{} && end == line.data() + line.size();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics, node_fixture)

BOOST_AUTO_TEST_CASE(they_are_prometheus_text_under_our_name) {
  send(webhook("/api/twilio/voice", call()));
  gateway.jobs.clear();
  const auto request = ask("GET", "/metrics");
  BOOST_TEST(request->answer().content_type == "text/plain; version=0.0.4; charset=utf-8");
  std::set<std::string> names;
  std::istringstream lines(request->answer().body);
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST(is_line(line), line);
    names.insert(line.substr(0, line.find_first_of("{ ")));
  }
  for (const auto* name :
       {"trunkline_webhooks_total", "trunkline_webhooks_in_flight", "trunkline_webhook_seconds_bucket",
        "trunkline_webhook_seconds_count", "trunkline_signature_rejected_total"})
    BOOST_TEST(names.contains(name), name);
}

BOOST_AUTO_TEST_CASE(they_tell_of_no_company_number_or_id) {
  send(webhook("/api/twilio/voice", call()));
  send(webhook("/hooks/0123456789abcdefghijklmnop/voice", call()));
  gateway.jobs.clear();
  const auto text = ask("GET", "/metrics")->answer().body;
  for (const std::string secret : {"Acme", "co_01jd8w3k2v", "2125550101", "2125559876", account_sid, auth_token, hook,
                                   admin_key, "CA0123456789abcdef0123456789abcdef"})
    BOOST_TEST(text.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

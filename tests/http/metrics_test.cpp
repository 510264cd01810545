#include "tests/http/node_fixture.hpp"

#include <regex>
#include <set>
#include <sstream>

namespace trunkline::tests {

BOOST_FIXTURE_TEST_SUITE(metrics, node_fixture)

BOOST_AUTO_TEST_CASE(they_are_prometheus_text_under_our_name) {
  send(webhook("/api/twilio/voice", call()));
  gateway.jobs.clear();
  const auto request = ask("GET", "/metrics");
  BOOST_TEST(request->answer().content_type == "text/plain; version=0.0.4; charset=utf-8");
  const std::regex comment("# (HELP|TYPE) trunkline_[a-z_]+ .+");
  const std::regex sample("(trunkline_[a-z_]+)(\\{[a-z_]+=\"[^\"]*\"\\})? (-?[0-9.e+-]+|\\+Inf|NaN)");
  std::set<std::string> names;
  std::istringstream lines(request->answer().body);
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (line.starts_with('#')) {
      BOOST_TEST(std::regex_match(line, comment), line);
      continue;
    }
    BOOST_TEST(std::regex_match(line, parts, sample), line);
    if (!parts.empty())
      names.insert(parts[1]);
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

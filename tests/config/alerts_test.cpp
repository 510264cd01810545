#include "tests/config/config_folder.hpp"

namespace trunkline::config {

using tests::config_folder;

namespace {

/// A configuration that names a receiver of alerts.
struct alerts_folder : config_folder {
  alerts_folder(const std::string& url, const std::string& secret) {
    variable("TRUNKLINE_ALERTS_WEBHOOK_URL", url).variable("TRUNKLINE_ALERTS_WEBHOOK_SECRET", secret);
  }
};

constexpr auto url = "https://ops.example.com/hooks/alerts?team=1";
constexpr auto secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

} // namespace

BOOST_AUTO_TEST_SUITE(alerts_test)

BOOST_AUTO_TEST_CASE(a_receiver_has_an_address_and_a_secret_in_either_form) {
  const auto standard = alerts_folder(url, secret).settings();
  BOOST_TEST(standard.alerts_webhook_url == url);
  BOOST_TEST(standard.alerts_webhook_key.reveal().size() == 24u);
  BOOST_TEST(standard.alerts_webhook_key.reveal().starts_with("\x31\xf2\x90"));
  const std::string words = "0123456789abcdef01234567";
  BOOST_TEST(alerts_folder(url, words).settings().alerts_webhook_key.reveal() == words);
}

BOOST_AUTO_TEST_CASE(without_one_nobody_is_told) {
  const auto s = config_folder().settings();
  BOOST_TEST(s.alerts_webhook_url.empty());
  BOOST_TEST(s.alerts_webhook_key.empty());
  BOOST_TEST((s.health_interval.count() == 60 && s.health_company_interval.count() == 900));
  BOOST_TEST(s.health_checks_per_second == 10u);
}

BOOST_AUTO_TEST_CASE(one_without_a_secret_is_refused) {
  BOOST_TEST(alerts_folder(url, "").refusal() ==
             "settings: alerts.webhook_secret: must be set together with alerts.webhook_url");
}

BOOST_AUTO_TEST_CASE(addresses_and_secrets_that_are_none_are_refused) {
  for (const auto wrong : {"ops.example.com", "ftp://ops.example.com", "https://u:p@ops.example.com/x", "https:///x",
                           "https://ops.example.com/x#y", "https://ops.example.com/a b"})
    BOOST_TEST(alerts_folder(wrong, secret)
                   .refusal()
                   .starts_with("environment: TRUNKLINE_ALERTS_WEBHOOK_URL: must be http(s)"),
               wrong);
  for (const auto wrong : {"whsec_", "whsec_short", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "0123456789", "whsec_!!!!",
                           "words with spaces in between them"})
    BOOST_TEST(
        alerts_folder(url, wrong).refusal().starts_with("environment: TRUNKLINE_ALERTS_WEBHOOK_SECRET: must be whsec_"),
        wrong);
}

BOOST_AUTO_TEST_CASE(plain_http_across_the_network_is_worth_a_word) {
  BOOST_TEST(alerts_folder(url, secret).load().warnings.empty());
  BOOST_TEST(alerts_folder("http://127.0.0.1:9000/x", secret).load().warnings.empty());
  const auto warnings = alerts_folder("http://ops.example.com/x", secret).load().warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0].starts_with("alerts.webhook_url is http"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::config

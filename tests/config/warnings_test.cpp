#include "tests/config/config_folder.hpp"

namespace trunkline::config {

using tests::config_folder;

namespace {

const std::string sid = "AC0123456789abcdef0123456789abcdef";

/// The one warning there is.
std::string warning(const config_folder& folder) {
  const auto all = folder.load().warnings;
  BOOST_REQUIRE(all.size() == 1);
  return all[0];
}

} // namespace

BOOST_AUTO_TEST_SUITE(warnings_test)

BOOST_AUTO_TEST_CASE(a_whole_pair_is_a_platform_account) {
  config_folder folder;
  folder.dotenv("TWILIO_ACCOUNT_SID=" + sid + "\nTWILIO_AUTH_TOKEN=from-dotenv\n");
  folder.variable("TWILIO_AUTH_TOKEN", "from-environment");
  const auto out = folder.load();
  BOOST_TEST(out.warnings.empty());
  BOOST_REQUIRE(out.values.platform);
  BOOST_TEST(out.values.platform->account_sid == sid);
  BOOST_TEST(out.values.platform->auth_token.equals("from-environment"));
}

BOOST_AUTO_TEST_CASE(half_a_pair_or_a_malformed_one_is_no_account_and_says_so) {
  const auto why = [](const std::string& account, const std::string& token) {
    config_folder folder;
    folder.variable("TWILIO_ACCOUNT_SID", account).variable("TWILIO_AUTH_TOKEN", token);
    BOOST_TEST(!folder.settings().platform);
    const auto said = warning(folder);
    BOOST_TEST(said.starts_with("Twilio credentials not fully configured: "), said);
    return said;
  };
  BOOST_TEST(why(sid, "").find("TWILIO_AUTH_TOKEN is missing") != std::string::npos);
  BOOST_TEST(why("", "token").find("TWILIO_ACCOUNT_SID is missing") != std::string::npos);
  BOOST_TEST(why("OR0123456789abcdef0123456789abcdef", "token").find("that is an Organization SID") !=
             std::string::npos);
  for (const auto wrong :
       {"AC123", "your_account_sid", "SK0123456789abcdef0123456789abcdef", "AC0123456789abcdef0123456789abcdeZ"})
    why(wrong, "token");
  for (const auto& wrong : {std::string("two words"), std::string(129, 'x'), std::string("tok\nen")})
    BOOST_TEST(why(sid, wrong).find(wrong) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_platform_phone_number_is_ignored_with_one_warning) {
  config_folder folder;
  folder.dotenv("TWILIO_PHONE_NUMBER=+12125550100\n").variable("TWILIO_PHONE_NUMBER", "+12125550100");
  BOOST_TEST(warning(folder).starts_with("TWILIO_PHONE_NUMBER is ignored"));
}

BOOST_AUTO_TEST_CASE(plain_http_is_for_this_machine_alone) {
  const auto url = [](const std::string& text) {
    return config_folder().variable("TRUNKLINE_PUBLIC_URL", text).load().warnings;
  };
  for (const auto fine : {"https://gw.example.com", "http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]"})
    BOOST_TEST(url(fine).empty(), fine);
  BOOST_TEST(url("http://gw.example.com").size() == 1);
}

BOOST_AUTO_TEST_CASE(an_open_listener_without_a_public_url_is_worth_a_word) {
  config_folder folder;
  BOOST_TEST(
      warning(folder.variable("TRUNKLINE_LISTEN", "0.0.0.0:8080")).starts_with("TRUNKLINE_PUBLIC_URL is not set"));
}

BOOST_AUTO_TEST_CASE(secrets_in_a_file_for_everybody_are_worth_a_word) {
  config_folder folder;
  folder.dotenv("TRUNKLINE_ADMIN_KEY=0123456789abcdef\n");
  BOOST_TEST(folder.load().warnings.empty());
  std::filesystem::permissions(folder.path() / ".env", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  BOOST_TEST(warning(folder).find("can be read by other users") != std::string::npos);
  folder.dotenv("TRUNKLINE_NODE_NAME=n2\n");
  std::filesystem::permissions(folder.path() / ".env", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  BOOST_TEST(folder.load().warnings.empty());
}

BOOST_AUTO_TEST_CASE(what_is_for_tests_and_measurements_is_said_aloud) {
  BOOST_TEST(
      warning(config_folder().variable("TRUNKLINE_INBOX_DURABLE", "false")).starts_with("inbox.durable is false"));
  BOOST_TEST(warning(config_folder().variable("TRUNKLINE_TESTING_FAILING_COMPANY", "co_0000000000aa"))
                 .find("co_0000000000aa") != std::string::npos);
  BOOST_TEST(warning(config_folder().variable("TRUNKLINE_OUTGOING_ALLOW_PRIVATE", "true"))
                 .starts_with("outgoing.allow_private is true"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::config

#include "tests/config/config_folder.hpp"

namespace trunkline::config {

using tests::config_folder;

namespace {

/// The start is refused in exactly these lines.
void refused(const config_folder& folder, const std::string& expected) { BOOST_TEST(folder.refusal() == expected); }

void toml_refused(std::string_view text, std::string_view expected) {
  BOOST_TEST_CONTEXT(text.substr(0, 60)) {
    refused(config_folder().toml(text), "trunkline.toml:" + std::string(expected));
  }
}

void variable_refused(const std::string& name, const std::string& value) {
  BOOST_TEST_CONTEXT(name << "=" << value.substr(0, 60)) {
    const auto why = config_folder().variable(name, value).refusal();
    BOOST_TEST(why.starts_with("environment: " + name + ": must "), why);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(bad_config_test)

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_with_file_line_and_key) {
  toml_refused("\n\nlistn = \"x\"", "3: listn: there is no such setting; did you mean listen?");
  toml_refused("[limits]\nstore_worker = 2",
               "2: limits.store_worker: there is no such setting; did you mean limits.store_workers?");
  toml_refused("[nonsense]\na = 1", "1: nonsense: there is no such setting");
  toml_refused("limits = 3", "1: limits: must be a table");
  toml_refused("[limits.store_workers]\na = 1",
               "1: limits.store_workers: must be a whole number, without quotes or unit");
  refused(config_folder().dotenv("A=1\nTRUNKLINE_LISTN=x\n"),
          ".env:2: TRUNKLINE_LISTN: there is no such setting; did you mean TRUNKLINE_LISTEN?");
  refused(config_folder().variable("TRUNKLINE_XYZ", "1"), "environment: TRUNKLINE_XYZ: there is no such setting");
}

BOOST_AUTO_TEST_CASE(a_key_given_twice_is_refused) {
  toml_refused("node_name = \"a\"\nnode_name = \"b\"", "2: is not valid TOML here");
  refused(config_folder().dotenv("TRUNKLINE_NODE_NAME=a\nTRUNKLINE_NODE_NAME=b"),
          ".env:2: TRUNKLINE_NODE_NAME: is given twice");
}

BOOST_AUTO_TEST_CASE(everything_wrong_is_said_at_once) {
  const auto why =
      config_folder().toml("lisen = \"x\"\nnode_name = 7").variable("TRUNKLINE_LOG_LEVEL", "loud").refusal();
  BOOST_TEST(why == "trunkline.toml:1: lisen: there is no such setting; did you mean listen?\n"
                    "trunkline.toml:2: node_name: must be a string in quotes\n"
                    "environment: TRUNKLINE_LOG_LEVEL: must be debug, info, warn, error or off");
}

BOOST_AUTO_TEST_CASE(toml_types_are_meant) {
  toml_refused("[limits]\nstore_workers = \"2\"",
               "2: limits.store_workers: must be a whole number, without quotes or unit");
  toml_refused("[limits]\nrequest_deadline_ms = 1h30", "2: is not valid TOML here");
  toml_refused("[limits]\nrequest_deadline_ms = 1.5",
               "2: limits.request_deadline_ms: must be a whole number, without quotes or unit");
  toml_refused("[inbox]\ndurable = 1", "2: inbox.durable: must be true or false");
  toml_refused("listen = [\"127.0.0.1:1\"]", "1: listen: must be a string in quotes");
  toml_refused("[limits]\nstore_workers = 0",
               "2: limits.store_workers: must be a whole number from 1 to 64, without a unit");
  toml_refused("[limits]\nrequest_deadline_ms = -1",
               "2: limits.request_deadline_ms: must be a whole number from 100 to 60000, without a unit");
}

BOOST_AUTO_TEST_CASE(addresses_have_an_ip_and_a_port) {
  for (const auto wrong :
       {"8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1", "127.0.0.1:80x", "127.0.0.1: 80",
        "256.0.0.1:80", "gw.example.com:80", "::1:80", "[::1]80", "[127.0.0.1]:80", "[::1:80"})
    variable_refused("TRUNKLINE_LISTEN", wrong);
  BOOST_TEST(config_folder().variable("TRUNKLINE_LISTEN", "127.0.0.1:0").settings().listen.port == 0);
  refused(config_folder().variable("TRUNKLINE_LISTEN", "127.0.0.1:8090"),
          "settings: api_listen: must not be the same as listen");
}

BOOST_AUTO_TEST_CASE(durations_and_counts_are_plain_numbers_in_their_range) {
  for (const auto wrong : {"1h30", "-5", "+5", " 5", "5s", "0x10", "1e3", "99", "60001", "99999999999999999999"})
    variable_refused("TRUNKLINE_REQUEST_DEADLINE_MS", wrong);
  variable_refused("TRUNKLINE_SCHEDULER_THREADS", "-0");
  variable_refused("TRUNKLINE_STORE_WORKERS", "0");
  variable_refused("TRUNKLINE_WEBHOOKS_IN_FLIGHT", "1000001");
}

BOOST_AUTO_TEST_CASE(urls_are_bases) {
  for (const auto wrong :
       {"gw.example.com", "ftp://gw.example.com", "https://", "https:///", "https://u:p@gw.example.com",
        "https://gw.example.com/path", "https://gw.example.com?x", "https://gw.example.com#x",
        "https://gw.example.com:0", "https://gw.example.com:70000", "https://gw exa.com", "https://[::g]"})
    variable_refused("TRUNKLINE_PUBLIC_URL", wrong);
  variable_refused("TRUNKLINE_TWILIO_API_URL", "api.twilio.com");
}

BOOST_AUTO_TEST_CASE(words_are_from_their_list) {
  variable_refused("TRUNKLINE_LOG_FORMAT", "xml");
  variable_refused("TRUNKLINE_TWILIO_PLATFORM_USE", "some");
  variable_refused("TRUNKLINE_DEFAULT_COUNTRY", "UK");
  variable_refused("TRUNKLINE_DEFAULT_COUNTRY", "us");
  variable_refused("TRUNKLINE_INBOX_DURABLE", "yes");
  variable_refused("TRUNKLINE_NODE_NAME", "Node 1");
  variable_refused("TRUNKLINE_DATABASE", "mysql://x");
  variable_refused("TRUNKLINE_DATABASE", "sqlite:");
  variable_refused("TRUNKLINE_TESTING_FAILING_COMPANY", "acme");
  variable_refused("TRUNKLINE_DATA_DIR", std::string(5000, 'x'));
  variable_refused("TRUNKLINE_DATA_DIR", "a\nb");
}

BOOST_AUTO_TEST_CASE(a_refused_secret_is_not_repeated) {
  config_folder folder;
  folder.variable("TRUNKLINE_ADMIN_KEY", "hunter2").variable("TRUNKLINE_DATABASE", "mysql://u:hunter2@db");
  folder.dotenv("hunter2hunter2\nTRUNKLINE_ADMIN_KEY=\"hunter2\nTWILIO_AUTH_TOKEN='hunter2'x\n");
  folder.toml("admin_key = hunter2\n");
  BOOST_TEST(folder.refusal().find("hunter2") == std::string::npos, folder.refusal());
  variable_refused("TRUNKLINE_ADMIN_KEY", "has a space in the middle");
}

BOOST_AUTO_TEST_CASE(ill_formed_files_are_refused_by_line) {
  toml_refused(std::string_view("node_name = \"a\"\n# \0\n", 20), "2: holds NUL or bytes that are not UTF-8");
  toml_refused("\n\n# caf\xE9\n", "3: holds NUL or bytes that are not UTF-8");
  toml_refused(std::string_view("\xFF\xFEl\0", 4), "1: holds NUL or bytes that are not UTF-8");
  toml_refused("node_name = \"a", "1: is not valid TOML here");
  toml_refused("= 1", "1: is not valid TOML here");
  refused(config_folder().dotenv("A=1\nnonsense\n"), ".env:2: is not a line of the form NAME=VALUE");
  refused(config_folder().dotenv("1A=1\n"), ".env:1: is not a line of the form NAME=VALUE");
  refused(config_folder().dotenv("A='x\n"), ".env:1: A: the quotes do not match");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_tabs_do_no_harm) {
  BOOST_TEST(config_folder().toml("\xEF\xBB\xBF\tnode_name\t=\t\"a\"\t# x\n").settings().node_name == "a");
}

BOOST_AUTO_TEST_CASE(a_huge_file_is_refused_without_reading_it) {
  config_folder folder;
  folder.toml("#");
  std::filesystem::resize_file(folder.path() / "trunkline.toml", 100'000'000);
  refused(folder, "trunkline.toml: is larger than 1 MiB");
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused) {
  const auto why = config_folder().toml("listen = " + std::string(100'000, '[')).refusal();
  BOOST_TEST(why == "trunkline.toml:1: is not valid TOML here");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::config

#include "tests/config/config_folder.hpp"

namespace trunkline::config {

using tests::config_folder;

BOOST_AUTO_TEST_SUITE(load_test)

BOOST_AUTO_TEST_CASE(nothing_at_all_gives_the_documented_defaults) {
  const auto s = config_folder().settings();
  BOOST_TEST(to_string(s.listen) == "127.0.0.1:8080");
  BOOST_TEST(to_string(s.api_listen) == "127.0.0.1:8090");
  BOOST_TEST(s.public_url == "http://127.0.0.1:8080");
  BOOST_TEST(s.data_dir == "./var");
  BOOST_TEST(s.database.reveal() == "sqlite:./var/trunkline.db");
  BOOST_TEST(s.master_key_file == "./var/master.key");
  BOOST_TEST(s.admin_key.empty());
  BOOST_TEST(s.node_name == "n1");
  BOOST_TEST(s.default_country == "US");
  BOOST_TEST(s.twilio_api_url == "https://api.twilio.com");
  BOOST_TEST((s.platform_use == platform_use::all && !s.platform));
  BOOST_TEST((s.log_level == log::level::info && s.log_format == log::format::json));
  BOOST_TEST(s.webhooks_in_flight == 4096u);
  BOOST_TEST(s.request_deadline.count() == 10'000);
  BOOST_TEST(s.statement_deadline.count() == 5'000);
  BOOST_TEST(s.idle_passivation.count() == 900);
  BOOST_TEST(s.max_active_tenants == 100'000u);
  BOOST_TEST(s.store_workers == 2u);
  BOOST_TEST((s.inbox_durable && s.failing_company.empty()));
  BOOST_TEST(default_settings().public_url == s.public_url);
  BOOST_TEST(config_folder().load().warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_later_source_wins) {
  config_folder folder;
  folder.toml("node_name = \"toml\"\ndefault_country = \"DE\"\n[limits]\nstore_workers = 3\n");
  BOOST_TEST(folder.settings().node_name == "toml");
  folder.dotenv("TRUNKLINE_NODE_NAME=dotenv\nTRUNKLINE_DEFAULT_COUNTRY=FR\n");
  BOOST_TEST(folder.settings().node_name == "dotenv");
  folder.variable("TRUNKLINE_NODE_NAME", "real");
  const auto s = folder.settings();
  BOOST_TEST(s.node_name == "real");
  BOOST_TEST(s.default_country == "FR");
  BOOST_TEST(s.store_workers == 3u);
}

BOOST_AUTO_TEST_CASE(an_empty_value_means_the_default_and_wins_too) {
  config_folder folder;
  folder.dotenv("TRUNKLINE_NODE_NAME=dotenv\nTWILIO_AUTH_TOKEN=x\n");
  folder.variable("TRUNKLINE_NODE_NAME", "").variable("TWILIO_AUTH_TOKEN", "");
  BOOST_TEST(folder.settings().node_name == "n1");
  BOOST_TEST(folder.load().warnings.empty());
}

BOOST_AUTO_TEST_CASE(what_hangs_on_the_data_folder_follows_it) {
  const auto s = config_folder().variable("TRUNKLINE_DATA_DIR", "/srv/t").settings();
  BOOST_TEST(s.database.reveal() == "sqlite:/srv/t/trunkline.db");
  BOOST_TEST(s.master_key_file == "/srv/t/master.key");
}

BOOST_AUTO_TEST_CASE(another_file_can_be_named_and_must_exist) {
  config_folder folder;
  folder.toml("node_name = \"usual\"").file("other.toml", "node_name = \"other\"").named_file("other.toml");
  BOOST_TEST(folder.settings().node_name == "other");
  folder.file("a.conf", "node_name = \"N\"").named_file("a.conf");
  BOOST_TEST(folder.refusal().starts_with("a.conf:1: node_name: must have"));
  BOOST_TEST(folder.named_file("none.toml").refusal().ends_with("none.toml: there is no such file"));
  std::filesystem::create_directory(folder.path() / "folder.toml");
  BOOST_TEST(folder.named_file("folder.toml").refusal().ends_with("is not a readable file"));
}

BOOST_AUTO_TEST_CASE(a_dotenv_file_is_read_as_people_write_it) {
  config_folder folder;
  folder.dotenv(
      "\xEF\xBB\xBF# ours\r\n\r\n export TRUNKLINE_NODE_NAME = \"node-7\"  # seven\r\n"
      "\tTRUNKLINE_DATA_DIR='/srv/a b#c'\nTRUNKLINE_DEFAULT_COUNTRY=GB # here\nDATABASE_PASSWORD=others\nEMPTY=\n");
  const auto s = folder.settings();
  BOOST_TEST(s.node_name == "node-7");
  BOOST_TEST(s.data_dir == "/srv/a b#c");
  BOOST_TEST(s.default_country == "GB");
}

BOOST_AUTO_TEST_CASE(port_zero_leaves_the_public_url_to_whoever_binds) {
  const auto s =
      config_folder().variable("TRUNKLINE_LISTEN", "[::1]:0").variable("TRUNKLINE_API_LISTEN", "[::1]:0").settings();
  BOOST_TEST(s.public_url == "");
  BOOST_TEST(derived_public_url({s.listen.host, 4711}) == "http://[::1]:4711");
}

BOOST_AUTO_TEST_CASE(every_documented_setting_can_be_given_in_toml) {
  const auto s = config_folder()
                     .toml(R"(
listen = "0.0.0.0:80"
api_listen = "localhost:81"
public_url = "https://gw.example.com/"
database = "postgresql://u:p@db/t"
admin_key = "0123456789abcdef"
[twilio]
api_url = "http://127.0.0.1:8081"
platform_use = "admin"
[log]
level = "debug"
format = "text"
[limits]
webhooks_in_flight = 1
io_threads = 2
[inbox]
durable = false
[testing]
failing_company = "co_failing"
)")
                     .settings();
  BOOST_TEST(to_string(s.api_listen) == "127.0.0.1:81");
  BOOST_TEST(s.public_url == "https://gw.example.com");
  BOOST_TEST(s.database.equals("postgresql://u:p@db/t"));
  BOOST_TEST(s.twilio_api_url == "http://127.0.0.1:8081");
  BOOST_TEST((s.platform_use == platform_use::admin && s.log_level == log::level::debug && !s.inbox_durable));
  BOOST_TEST(s.io_threads == 2u);
  BOOST_TEST(s.failing_company == "co_failing");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::config

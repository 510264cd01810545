#include "tests/config/config_folder.hpp"

namespace trunkline::config {

using tests::config_folder;

namespace {

const std::string key(32, 'k');

/// A configuration of a node that listens for others.
struct cluster_folder : config_folder {
  explicit cluster_folder(const std::string& listen, const std::string& secret = key,
                          const std::string& database = "postgresql://gw@db/gw") {
    variable("TRUNKLINE_CLUSTER_LISTEN", listen).variable("TRUNKLINE_CLUSTER_KEY", secret);
    variable("TRUNKLINE_DATABASE", database);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cluster_test)

BOOST_AUTO_TEST_CASE(a_node_listens_on_loopback_or_in_a_private_network) {
  for (const auto* good : {"127.0.0.1:4711", "[::1]:0", "10.1.2.3:4711", "172.16.0.1:1", "172.31.255.1:1",
                           "192.168.1.1:4711", "100.64.0.9:4711", "[fd00::1]:4711", "[fe80::1]:4711"}) {
    const auto s = cluster_folder(good).settings();
    BOOST_TEST(to_string(s.cluster_listen) == good);
    BOOST_TEST(to_string(s.cluster_advertise) == good);
  }
}

BOOST_AUTO_TEST_CASE(a_node_does_not_listen_where_everybody_could_speak_to_it) {
  for (const auto* bad : {"0.0.0.0:4711", "[::]:4711", "8.8.8.8:4711", "172.32.0.1:1", "100.128.0.1:1",
                          "[2001:db8::1]:4711", "11.0.0.1:1"})
    BOOST_TEST(cluster_folder(bad).refusal().starts_with(
        "environment: TRUNKLINE_CLUSTER_LISTEN: must be loopback or a private address"));
}

BOOST_AUTO_TEST_CASE(a_cluster_needs_a_key_and_postgresql) {
  BOOST_TEST(cluster_folder("127.0.0.1:1", "").refusal() ==
             "settings: cluster.key: must be set together with cluster.listen");
  BOOST_TEST(cluster_folder("127.0.0.1:1", key, "sqlite:x.db").refusal() ==
             "settings: cluster.listen: needs a PostgreSQL database: TRUNKLINE_DATABASE=postgresql://...");
  BOOST_TEST(cluster_folder("127.0.0.1:1", "short")
                 .refusal()
                 .starts_with("environment: TRUNKLINE_CLUSTER_KEY: must have 32 to 128 printable"));
}

BOOST_AUTO_TEST_CASE(without_an_address_there_is_no_cluster) {
  BOOST_TEST(config_folder().settings().cluster_listen.host.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::config

#include "tests/providers/exchange.hpp"
#include "tests/providers/tls_server.hpp"

using namespace trunkline::providers;
using namespace trunkline::tests;

BOOST_AUTO_TEST_SUITE(over_tls)

BOOST_AUTO_TEST_CASE(a_server_is_asked_whose_certificate_is_trusted) {
  tls_server server("localhost");
  http_client client({.ca_file = server.certificate_file()});
  BOOST_TEST(word(ask(client, post(server.url("localhost")))) == "200");
  BOOST_TEST(word(ask(client, post(server.url("localhost")))) == "200");
  BOOST_TEST(server.requests() == 2);
}

BOOST_AUTO_TEST_CASE(nobody_is_told_anything_whose_certificate_is_not) {
  tls_server server("localhost");
  http_client client;
  auto request = post(server.url("localhost"));
  request.user = "AC1", request.password = trunkline::core::secret("token");
  BOOST_TEST(word(ask(client, request)) == "not sent: no_connection");
  BOOST_TEST(server.requests() == 0);
}

BOOST_AUTO_TEST_CASE(nobody_is_told_anything_whose_certificate_is_for_another_host) {
  tls_server server("api.example.com");
  http_client client({.ca_file = server.certificate_file()});
  BOOST_TEST(word(ask(client, post(server.url("localhost")))) == "not sent: no_connection");
  BOOST_TEST(server.requests() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

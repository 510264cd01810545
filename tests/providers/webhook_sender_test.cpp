#include "providers/webhook_sender.hpp"
#include "tests/providers/socket_server.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace trunkline;
using namespace trunkline::tests;

namespace {

/// Answers 204 to whatever comes.
void accept_all(server_connection& one) {
  while (one.read_request())
    one.answer(204);
}

struct sender {
  explicit sender(bool allow_private, providers::webhook_sender_options options = {})
      : client({.only_public = !allow_private}), deliver(providers::make_webhook_sender(client, options)) {}

  std::future<std::string> begin(std::string url, std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto promise = std::make_shared<std::promise<std::string>>();
    deliver({std::move(url), std::move(headers), R"({"alert":1})", actors::reply<int>([promise](auto answer) {
               promise->set_value(answer ? std::to_string(*answer) : std::string(core::to_string(answer.error().code)));
             })});
    return promise->get_future();
  }

  static std::string end_of(std::future<std::string>& asked) {
    BOOST_REQUIRE(asked.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return asked.get();
  }

  /// The status, or the error's code.
  std::string send(std::string url, std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto asked = begin(std::move(url), std::move(headers));
    return end_of(asked);
  }

  providers::http_client client;
  actors::deliver_webhook deliver;
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_webhook_for_a_customer)

BOOST_AUTO_TEST_CASE(never_reaches_a_private_address) {
  socket_server server(accept_all);
  sender strict(false, {.ports = {server.port()}});
  const auto port = std::to_string(server.port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "localhost.", "LocalHost", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0.0.0.0",
        "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "me@127.0.0.1",
        "example.com@127.0.0.1", "%31%32%37.0.0.1", "127.0.0.1."})
    BOOST_TEST(strict.send("https://" + host + ":" + port + "/") == "invalid_configuration", host);
  BOOST_TEST(strict.send(server.url()) == "invalid_configuration"); // http
  BOOST_TEST(server.connections() == 0);
  BOOST_TEST(sender(true).send(server.url()) == "204"); // it was there all the time
  BOOST_TEST(server.connections() == 1);
}

/// The URL says nothing wrong, so what counts is where its name leads when the connection is made.
BOOST_AUTO_TEST_CASE(never_reaches_a_private_address_by_a_name) {
  socket_server server(accept_all);
  providers::http_client strict({.only_public = true}), lenient;
  const auto word_of = [&](providers::http_client& client, const std::string& host) {
    auto promise = std::make_shared<std::promise<bool>>();
    client.start({.url = "https://" + host + ":" + std::to_string(server.port()) + "/"}, [promise](const auto& got) {
      const auto* left = std::get_if<providers::not_sent>(&got.what);
      promise->set_value(left != nullptr && left->why == providers::not_sent::cause::forbidden_address);
    });
    return promise->get_future().get();
  };
  for (const std::string host : {"localhost", "LocalHost", "127.0.0.1", "127.1", "2130706433", "[::1]"})
    BOOST_TEST(word_of(strict, host), host);
  BOOST_TEST(server.connections() == 0);
  BOOST_TEST(!word_of(lenient, "localhost")); // connects, and finds no TLS there
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(does_not_follow_a_redirect_to_a_private_address) {
  socket_server inside(accept_all);
  socket_server server([&](server_connection& one) {
    while (one.read_request())
      one.answer(302, "", "Location: " + inside.url() + "\r\n");
  });
  BOOST_TEST(sender(true).send(server.url()) == "302");
  BOOST_TEST(inside.connections() == 0);
}

BOOST_AUTO_TEST_CASE(is_a_post_with_what_it_was_given) {
  socket_server server(accept_all);
  BOOST_TEST(sender(true).send(server.url("/hook"), {{"Content-Type", "application/json"}}) == "204");
  const auto seen = server.requests().front();
  BOOST_TEST(seen.starts_with("POST /hook HTTP/1.1\r\n"));
  BOOST_TEST(seen.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  BOOST_TEST(seen.ends_with("\r\n\r\n{\"alert\":1}"));
}

BOOST_AUTO_TEST_CASE(has_the_status_of_the_answer_however_long_that_is) {
  socket_server server([](server_connection& one) {
    if (one.read_request())
      one.answer(503, std::string(1'000'000, 'x'));
  });
  BOOST_TEST(sender(true).send(server.url()) == "503");
}

BOOST_AUTO_TEST_CASE(is_not_ready_without_an_answer) {
  const deaf_port nobody;
  socket_server silent([](server_connection& one) { one.read_request(); });
  BOOST_TEST(sender(true).send(nobody.url()) == "not_ready");
  BOOST_TEST(sender(true).send(silent.url()) == "not_ready");
}

BOOST_AUTO_TEST_CASE(can_not_smuggle_a_header) {
  socket_server server(accept_all);
  BOOST_TEST(sender(true).send(server.url(), {{"X-A", "1\r\nX-B: 2"}}) == "invalid_configuration");
  BOOST_TEST(server.connections() == 0);
}

BOOST_AUTO_TEST_CASE(waits_for_no_host_that_hangs) {
  socket_server silent([](server_connection& one) {
    if (one.read_request())
      one.closed_by_client();
  });
  socket_server server(accept_all);
  sender lenient(true, {.per_host = 1});
  auto first = lenient.begin(silent.url());
  BOOST_REQUIRE(silent.has_read(1));
  BOOST_TEST(lenient.send(silent.url()) == "not_ready");
  BOOST_TEST(silent.connections() == 1); // it did not go there
  auto other = server.url();
  other.replace(other.find("127.0.0.1"), 9, "localhost");
  BOOST_TEST(lenient.send(other) == "204");
  lenient.client.stop();
  BOOST_TEST(sender::end_of(first) == "not_ready");
}

BOOST_AUTO_TEST_SUITE_END()

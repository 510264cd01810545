#include "http/server.hpp"
#include "tests/http/socket_client.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>

namespace trunkline::tests {

namespace {

using namespace std::chrono_literals;

/// A server that answers whatever it is asked with a stream: "first", and what the test sends.
struct streaming_server {
  explicit streaming_server(http::listener_settings settings = {}, std::chrono::milliseconds patience = 30s) {
    settings.read_timeout = patience;
    server = std::move(http::server::start(settings, [this](http::exchange_ptr request) { answer(*request); }).value());
    port = static_cast<uint16_t>(std::stoi(server->url().substr(server->url().rfind(':') + 1)));
  }

  void answer(http::exchange& request) {
    auto begun = request.respond_streaming({200, "text/event-stream", "", {{"X-Request-Id", request.id().value}}});
    request.respond({500, "text/plain", "too late", {}});
    begun->send(std::make_shared<const std::string>("first"));
    streaming.set_value(std::move(begun));
  }

  std::promise<std::shared_ptr<http::stream>> streaming;
  std::unique_ptr<http::server> server;
  uint16_t port = 0;
};

/// The stream that a request has begun.
std::shared_ptr<http::stream> begin_stream(streaming_server& node, socket_client& client) {
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  auto begun = node.streaming.get_future();
  BOOST_REQUIRE((begun.wait_for(10s) == std::future_status::ready));
  return begun.get();
}

auto make_part(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

} // namespace

BOOST_FIXTURE_TEST_SUITE(stream, streaming_server)

BOOST_AUTO_TEST_CASE(what_is_sent_by_and_by_arrives_as_it_is_sent) {
  socket_client client(port);
  const auto stream = begin_stream(*this, client);
  const auto head = client.read_head();
  BOOST_TEST(head.status == 200);
  BOOST_TEST(head.header("Content-Type") == "text/event-stream");
  BOOST_TEST(head.header("Transfer-Encoding") == "chunked");
  BOOST_TEST(client.read_chunk() == "first");
  std::thread([&] { stream->send(make_part("second")); }).join();
  BOOST_TEST(client.read_chunk() == "second");
  BOOST_TEST(server->unanswered() == 1u);
  stream->end();
  stream->send(make_part("late"));
  BOOST_TEST(client.read_to_the_end() == "0\r\n\r\n");
  while (server->unanswered() > 0)
    std::this_thread::yield();
}

BOOST_AUTO_TEST_CASE(a_stream_lasts_longer_than_a_request_may_take) {
  http::listener_settings settings;
  settings.handle_timeout = settings.write_timeout = 1s;
  streaming_server node(settings, 1s);
  socket_client client(node.port);
  const auto stream = begin_stream(node, client);
  client.read_head();
  BOOST_TEST(client.read_chunk() == "first");
  for (int n = 0; n < 8; ++n) { // each within the patience of the listener, all together not
    std::this_thread::sleep_for(200ms);
    stream->send(make_part("on"));
    BOOST_TEST(client.read_chunk() == "on");
  }
  BOOST_TEST(!stream->ended());
}

BOOST_AUTO_TEST_CASE(a_stream_ends_with_the_last_who_holds_it) {
  socket_client client(port);
  begin_stream(*this, client).reset();
  BOOST_TEST(client.read_to_the_end().ends_with("first\r\n0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(that_nobody_listens_any_more_is_noticed_with_the_next_part) {
  std::optional<socket_client> client(port);
  const auto stream = begin_stream(*this, *client);
  client->read_head();
  client.reset();
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  while (!stream->ended() && std::chrono::steady_clock::now() < give_up) {
    stream->send(make_part("anybody?"));
    std::this_thread::yield();
  }
  BOOST_TEST(stream->ended());
  while (server->unanswered() > 0) { // and counted off although nobody ends it
    stream->end();
    std::this_thread::yield();
  }
}

BOOST_AUTO_TEST_CASE(who_does_not_read_has_parts_waiting_until_the_listener_loses_its_patience) {
  http::listener_settings settings;
  settings.write_timeout = 500ms;
  streaming_server node(settings);
  socket_client client(node.port);
  const auto stream = begin_stream(node, client);
  const auto part = make_part(std::string(1 << 20, 'x'));
  for (int n = 0; n < 32; ++n) // more than the kernel takes
    stream->send(part);
  BOOST_TEST(stream->unsent() > 0u);
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  while ((!stream->ended() || part.use_count() > 1) && std::chrono::steady_clock::now() < give_up)
    std::this_thread::yield();
  BOOST_TEST(stream->ended());
  BOOST_TEST(stream->unsent() == 0u);
  BOOST_TEST(part.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(stopping_ends_a_stream_and_what_is_sent_later_goes_nowhere) {
  socket_client client(port);
  auto stream = begin_stream(*this, client);
  server->stop();
  stream->send(make_part("late"));
  stream.reset();
  server.reset();
  BOOST_TEST(client.read_to_the_end().find("late") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

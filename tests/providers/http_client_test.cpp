#include "tests/providers/exchange.hpp"
#include "tests/providers/socket_server.hpp"

#include <atomic>
#include <cstdlib>

using namespace trunkline;
using namespace trunkline::tests;
using namespace std::chrono_literals;

namespace {

void answer_all(server_connection& one) {
  while (one.read_request())
    one.answer(200, "hello", "Content-Type: text/plain\r\nTwilio-Request-Id: RQ1<b>\r\nRetry-After: 7\r\n");
}

/// Reads a request and says nothing until the client goes.
void stay_silent(server_connection& one) {
  if (one.read_request())
    one.closed_by_client();
}

std::string body_of(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

} // namespace

BOOST_AUTO_TEST_SUITE(an_http_client)

BOOST_AUTO_TEST_CASE(brings_what_the_server_says) {
  socket_server server(answer_all);
  providers::http_client client;
  const auto got = ask(client, get(server.url("/a?b=c")));
  const auto& answer = answer_in(got);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.body == "hello");
  BOOST_TEST(answer.content_type == "text/plain");
  BOOST_TEST(answer.request_id == "RQ1b"); // nothing but letters and digits
  BOOST_TEST(answer.retry_after.value_or(0s).count() == 7);
  BOOST_TEST(!answer.cut);
  BOOST_TEST(server.requests().front().starts_with("GET /a?b=c HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_CASE(posts_the_body_and_the_headers_as_given) {
  socket_server server(answer_all);
  providers::http_client client;
  auto request = post(server.url(), std::string(200'000, 'x') + "end");
  request.headers = {{"X-Kind", "alert"}, {"X-Empty", ""}};
  BOOST_TEST(word(ask(client, request)) == "200");
  const auto seen = server.requests().front();
  BOOST_TEST((body_of(seen) == request.body));
  BOOST_TEST(seen.find("\r\nX-Kind: alert\r\n") != std::string::npos);
  BOOST_TEST(seen.find("\r\nX-Empty:\r\n") != std::string::npos);
  BOOST_TEST(seen.find("Expect:") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_who_asks_by_http_basic) {
  socket_server server(answer_all);
  providers::http_client client;
  auto request = get(server.url());
  request.user = "AC1", request.password = core::secret("to:ken");
  ask(client, request);
  BOOST_TEST(server.requests().front().find("\r\nAuthorization: Basic QUMxOnRvOmtlbg==\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_connections) {
  socket_server server(answer_all);
  providers::http_client client;
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(word(ask(client, post(server.url()))) == "200");
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(follows_no_redirect) {
  socket_server other(answer_all);
  socket_server server([&](server_connection& one) {
    while (one.read_request())
      one.answer(302, "", "Location: " + other.url() + "\r\n");
  });
  providers::http_client client;
  BOOST_TEST(word(ask(client, get(server.url()))) == "302");
  BOOST_TEST(other.connections() == 0);
}

BOOST_AUTO_TEST_CASE(asks_no_proxy_of_the_environment) {
  socket_server proxy(answer_all), server(answer_all);
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("ALL_PROXY", proxy.url().c_str(), 1);
  providers::http_client client;
  const auto got = ask(client, get(server.url()));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  BOOST_TEST(word(got) == "200");
  BOOST_TEST(server.connections() == 1);
  BOOST_TEST(proxy.connections() == 0);
}

BOOST_AUTO_TEST_CASE(speaks_http_alone) {
  socket_server server(answer_all);
  providers::http_client client;
  for (const std::string scheme : {"ftp", "gopher", "telnet", "dict", "ldap", "smtp", "ws"})
    BOOST_TEST(word(ask(client, get(scheme + server.url().substr(4)))).starts_with("not sent"), scheme);
  BOOST_TEST(server.connections() == 0);
  const auto got = ask(client, get("file:///etc/passwd"));
  BOOST_REQUIRE(word(got) == "not sent: no_connection");
  BOOST_TEST(std::get<providers::not_sent>(got.what).detail == "Unsupported protocol");
}

BOOST_AUTO_TEST_CASE(refuses_headers_that_would_change_the_request) {
  socket_server server(answer_all);
  providers::http_client client;
  using header = std::pair<std::string, std::string>;
  for (const auto& bad : {header{"X-A", "1\r\nX-B: 2"}, header{"X A", "1"}, header{"", "1"}, header{"X-A:", "1"},
                          header{"content-length", "0"}, header{"Transfer-Encoding", "chunked"}, header{"Host", "x"}}) {
    auto request = post(server.url());
    request.headers = {bad};
    BOOST_TEST(word(ask(client, request)) == "not sent: malformed", bad.first);
  }
  BOOST_TEST(server.connections() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_became_of_a_request)

BOOST_AUTO_TEST_CASE(is_not_sent_when_nobody_listens) {
  const deaf_port nobody;
  providers::http_client client;
  BOOST_TEST(word(ask(client, post(nobody.url()))) == "not sent: no_connection");
}

BOOST_AUTO_TEST_CASE(is_not_sent_when_the_server_speaks_no_tls) {
  socket_server server([](server_connection& one) { one.send("HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n"); });
  providers::http_client client;
  auto request = post(server.url());
  request.url.replace(0, 4, "https");
  BOOST_TEST(word(ask(client, request)) == "not sent: no_connection");
  BOOST_TEST(server.requests().empty());
}

BOOST_AUTO_TEST_CASE(is_unknown_when_there_is_no_answer_before_the_deadline) {
  socket_server server(stay_silent);
  providers::http_client client;
  auto request = post(server.url());
  request.deadline = 200ms;
  const auto got = ask(client, request);
  BOOST_TEST(word(got) == "unknown");
  BOOST_TEST(got.took.count() >= 150);
  BOOST_TEST(server.requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_unknown_when_the_answer_stops_coming) {
  socket_server server([](server_connection& one) {
    if (one.read_request())
      one.send("HTTP/1.1 201 X\r\nContent-Length: 10\r\n\r\nhalf");
    one.closed_by_client();
  });
  providers::http_client client({.stall = 1s});
  auto request = post(server.url());
  request.deadline = 60s;
  BOOST_TEST(word(ask(client, request)) == "unknown");
}

BOOST_AUTO_TEST_CASE(is_unknown_when_the_connection_ends_without_or_within_the_answer) {
  for (const std::string partial :
       {"", "HTTP/1.1 20", "HTTP/1.1 201 X\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n", "what\r\n\r\n"}) {
    socket_server server([&](server_connection& one) {
      if (one.read_request())
        one.send(partial);
    });
    providers::http_client client;
    BOOST_TEST(word(ask(client, post(server.url()))) == "unknown", partial);
    BOOST_TEST(server.requests().size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(is_unknown_when_the_head_is_too_long) {
  socket_server server([](server_connection& one) {
    if (!one.read_request())
      return;
    one.send("HTTP/1.1 200 X\r\n");
    for (int i = 0; i < 1000; ++i)
      one.send("X-Padding: " + std::string(100, 'x') + "\r\n");
    one.send("Content-Length: 0\r\n\r\n");
  });
  providers::http_client client;
  BOOST_TEST(word(ask(client, post(server.url()))) == "unknown");
}

BOOST_AUTO_TEST_CASE(is_known_when_the_answer_is_larger_than_wanted) {
  socket_server server([](server_connection& one) {
    if (one.read_request())
      one.answer(201, std::string(1000, 'x'));
  });
  providers::http_client client;
  for (const size_t largest : {999, 1000}) {
    auto request = post(server.url());
    request.largest_answer = largest;
    const auto got = ask(client, request);
    BOOST_TEST(answer_in(got).status == 201);
    BOOST_TEST(answer_in(got).body.size() == largest);
    BOOST_TEST(answer_in(got).cut == (largest == 999));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_sender_whose_time_has_passed)

BOOST_AUTO_TEST_CASE(sends_nothing) {
  socket_server server(answer_all);
  providers::http_client client;
  for (auto request : {post(server.url()), post(server.url(), ""), get(server.url())}) {
    request.may_send = [] { return false; };
    BOOST_TEST(word(ask(client, request)) == "not sent: held_back");
  }
  BOOST_TEST(server.requests().empty());
}

BOOST_AUTO_TEST_CASE(sends_nothing_of_which_anything_could_come) {
  socket_server server(answer_all);
  providers::http_client client;
  auto request = post(server.url(), std::string(1'000'000, 'x'));
  const auto asked = std::make_shared<std::atomic<int>>(0);
  request.may_send = [asked] { return asked->fetch_add(1) < 3; }; // head, a first piece, and no more
  BOOST_TEST(word(ask(client, request)) == "not sent: held_back");
  BOOST_TEST(server.has_played(1));
  BOOST_TEST(server.requests().empty()); // no complete one
}

BOOST_AUTO_TEST_CASE(is_held_back_when_it_can_not_tell) {
  socket_server server(answer_all);
  providers::http_client client;
  auto request = post(server.url());
  request.may_send = []() -> bool { throw std::runtime_error("lease lost"); };
  BOOST_TEST(word(ask(client, request)) == "not sent: held_back");
  BOOST_TEST(server.requests().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_busy_http_client)

BOOST_AUTO_TEST_CASE(has_so_many_requests_on_the_wire_and_refuses_those_beyond_its_queue) {
  socket_server server(stay_silent);
  providers::http_client client({.in_flight = 1, .waiting = 1});
  auto first = begin(client, get(server.url("/first")));
  BOOST_REQUIRE(server.has_read(1));
  auto second = begin(client, get(server.url("/second")));
  BOOST_TEST(word(ask(client, get(server.url("/third")))) == "not sent: no_room");
  BOOST_TEST(server.requests().size() == 1u);
  client.stop();
  BOOST_TEST(word(end_of(first)) == "unknown");
  BOOST_TEST(word(end_of(second)) == "not sent: stopped");
}

BOOST_AUTO_TEST_CASE(goes_on_with_those_who_wait) {
  socket_server server(answer_all);
  providers::http_client client({.in_flight = 2});
  std::vector<std::future<providers::http_outcome>> asked;
  for (int i = 0; i < 50; ++i)
    asked.push_back(begin(client, get(server.url())));
  for (auto& one : asked)
    BOOST_TEST(word(end_of(one)) == "200");
  BOOST_TEST(server.connections() <= 2);
}

BOOST_AUTO_TEST_CASE(lets_nobody_wait_for_longer_than_the_deadline) {
  socket_server server(stay_silent);
  providers::http_client client({.in_flight = 1});
  auto first = begin(client, get(server.url()));
  BOOST_REQUIRE(server.has_read(1));
  auto request = get(server.url());
  request.deadline = 100ms;
  BOOST_TEST(word(ask(client, request)) == "not sent: no_room");
}

BOOST_AUTO_TEST_CASE(serves_one_while_another_one_is_silent) {
  socket_server silent(stay_silent), server(answer_all);
  providers::http_client client;
  auto first = begin(client, get(silent.url()));
  BOOST_REQUIRE(silent.has_read(1));
  BOOST_TEST(word(ask(client, get(server.url()))) == "200");
}

BOOST_AUTO_TEST_CASE(ends_all_that_is_under_way_when_it_stops) {
  socket_server server(stay_silent);
  auto client = std::make_unique<providers::http_client>();
  auto asked = begin(*client, post(server.url()));
  BOOST_REQUIRE(server.has_read(1));
  client->stop();
  BOOST_TEST(word(end_of(asked)) == "unknown");
  BOOST_TEST(word(ask(*client, post(server.url()))) == "not sent: stopped");
  client->stop(); // again does no harm
}

BOOST_AUTO_TEST_CASE(is_not_harmed_by_a_callback_that_throws) {
  socket_server server(answer_all);
  providers::http_client client;
  client.start(get(server.url()), [](const auto&) { throw std::runtime_error("surprise"); });
  BOOST_TEST(word(ask(client, get(server.url()))) == "200");
}

BOOST_AUTO_TEST_SUITE_END()

#include "http/respond.hpp"
#include "http/server.hpp"
#include "tests/http/socket_client.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <mutex>
#include <sched.h>
#include <sys/resource.h>
#include <thread>

namespace trunkline::tests {

namespace {

using namespace std::chrono_literals;

/// From now on this thread and those it starts share one processor.
void share_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  sched_setaffinity(0, sizeof one, &one);
}

/// This thread only runs when no other wants to.
void yield_to_all() {
  const sched_param none{};
  sched_setscheduler(0, SCHED_IDLE, &none);
}

/// While it lives, this process gets only so many more file descriptors.
class descriptors_left {
public:
  explicit descriptors_left(rlim_t count) {
    const int next = ::dup(0);
    ::close(next);
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{static_cast<rlim_t>(next) + count, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~descriptors_left() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  descriptors_left(const descriptors_left&) = delete;
  descriptors_left& operator=(const descriptors_left&) = delete;

private:
  rlimit before_{};
};

/// A server that echoes method, target and size of the body; /hold keeps the request, /forget drops it, /block keeps
/// the thread of the listener until go_on() and then echoes, /slow answers from a thread that is held up as soon as
/// another one can run.
struct echo_server {
  explicit echo_server(http::listener_settings settings = {}, std::chrono::milliseconds patience = 300ms)
      : read_timeout(patience) {
    settings.read_timeout = read_timeout;
    settings.max_body_bytes = 1000;
    server = std::move(http::server::start(settings, [this](http::exchange_ptr request) { answer(request); }).value());
    port = static_cast<uint16_t>(std::stoi(server->url().substr(server->url().rfind(':') + 1)));
  }

  void answer(const http::exchange_ptr& request) {
    if (request->path() == "/hold") {
      std::lock_guard held(lock);
      kept.push_back(request);
      arrived.set_value();
    } else if (request->path() == "/slow") {
      slow = std::jthread([request] {
        yield_to_all();
        request->respond({200, "text/plain", "", {}, true});
      });
    } else if (request->path() != "/forget") {
      if (request->path() == "/block") {
        blocked.set_value();
        released.get_future().wait();
      }
      request->respond({200,
                        "text/plain",
                        fmt::format("{} {} {} {}", request->method(), request->target(), request->body().size(),
                                    request->header_count("X-Twice")),
                        {{"X-Request-Id", request->id().value}}});
    }
  }

  /// A connection whose request keeps the thread of the listener: whatever comes now waits for it.
  void block(socket_client& client) {
    client.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_REQUIRE((blocked.get_future().wait_for(10s) == std::future_status::ready));
  }
  void go_on() { released.set_value(); }

  std::chrono::milliseconds read_timeout;
  std::mutex lock;
  std::vector<http::exchange_ptr> kept;
  std::promise<void> arrived; ///< of the request to /hold
  std::promise<void> blocked, released;
  std::unique_ptr<http::server> server;
  uint16_t port = 0;
  std::jthread slow;
};

constexpr auto get = "GET /x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n";

} // namespace

BOOST_FIXTURE_TEST_SUITE(server, echo_server)

BOOST_AUTO_TEST_CASE(a_connection_is_kept_for_the_next_request) {
  socket_client client(port);
  for (int i = 0; i < 3; ++i) {
    client.send(get);
    const auto answer = client.read_answer();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == "GET /x?y=1 0 0");
  }
}

BOOST_AUTO_TEST_CASE(two_requests_sent_at_once_are_answered_in_order) {
  socket_client client(port);
  client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloPOST /2 HTTP/1.1\r\nHost: a\r\n"
              "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  BOOST_TEST(client.read_answer().body == "POST /1 5 0");
  BOOST_TEST(client.read_answer().body == "POST /2 3 0");
}

BOOST_AUTO_TEST_CASE(head_has_the_length_of_get_and_no_body) {
  socket_client client(port);
  client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = client.read_head();
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("Content-Length") == "13"); // of "HEAD /abc 0 0"
  client.send(get);
  BOOST_TEST(client.read_answer().body == "GET /x?y=1 0 0"); // nothing stood before it
}

BOOST_AUTO_TEST_CASE(a_header_given_twice_is_seen_twice) {
  socket_client client(port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n");
  BOOST_TEST(client.read_answer().body == "GET / 0 2");
}

BOOST_AUTO_TEST_CASE(what_is_over_a_limit_is_closed_without_an_answer) {
  const std::string cases[] = {
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'),
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3f0\r\n" + std::string(0x3f0, 'x') +
          "\r\n3f0\r\n" + std::string(0x3f0, 'x') + "\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(8 * 1024 + 1, 'x') + "\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(257, 'x') + ": 1\r\n\r\n",
      "GET /" + std::string(8 * 1024, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
      [] {
        std::string many = "GET / HTTP/1.1\r\n";
        for (int i = 0; i < 65; ++i)
          many += fmt::format("H{}: 1\r\n", i);
        return many + "\r\n";
      }(),
      "nonsense\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  };
  for (const auto& request : cases) {
    socket_client client(port);
    client.send(request);
    BOOST_TEST(client.read_to_the_end() == "", request.substr(0, 60));
  }
  socket_client still(port);
  still.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'));
  BOOST_TEST(still.read_answer().body == "POST / 1000 0");
}

BOOST_AUTO_TEST_CASE(a_head_that_can_be_read_in_two_ways_is_400_and_the_connection_ends) {
  for (const std::string_view line : {"Host: b", "X Y: 1", "X: a\x01z", "X: a\x7Fz", "X\x01: a"}) {
    socket_client client(port);
    client.send(fmt::format("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n", line));
    const auto said = client.read_to_the_end();
    BOOST_TEST((said.empty() || said.starts_with("HTTP/1.1 400 ")),
               line << " " << said); // the parser refuses some itself
  }
  socket_client client(port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX: tab\tand \xC3\xBC\r\n\r\n");
  BOOST_TEST(client.read_answer().status == 200);
}

BOOST_AUTO_TEST_CASE(a_request_that_comes_too_slowly_is_closed) {
  for (const auto* begun : {"", "GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"}) {
    socket_client client(port);
    client.send(begun);
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(client.read_to_the_end() == "", begun);
    const auto waited = std::chrono::steady_clock::now() - before;
    BOOST_TEST((waited >= read_timeout / 2), begun);
    BOOST_TEST((waited < 5s), begun);
  }
}

BOOST_AUTO_TEST_CASE(a_handler_that_forgets_its_request_is_500) {
  socket_client client(port);
  client.send("GET /forget HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(client.read_answer().status == 500);
}

BOOST_AUTO_TEST_CASE(an_answer_from_another_thread_arrives_and_a_second_one_does_not) {
  socket_client client(port);
  client.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_REQUIRE((arrived.get_future().wait_for(10s) == std::future_status::ready));
  std::thread([this] {
    kept[0]->respond({201, "text/plain", "first", {}});
    kept[0]->respond({500, "text/plain", "second", {}});
  }).join();
  const auto answer = client.read_answer();
  BOOST_TEST(answer.status == 201);
  BOOST_TEST(answer.body == "first");
  client.send(get);
  BOOST_TEST(client.read_answer().status == 200);
}

BOOST_AUTO_TEST_CASE(stopping_with_a_request_in_hand_closes_it_and_a_late_answer_goes_nowhere) {
  socket_client client(port), idle(port);
  client.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_REQUIRE((arrived.get_future().wait_for(10s) == std::future_status::ready));
  server->stop();
  kept[0]->respond({200, "text/plain", "late", {}});
  kept.clear();
  server->stop(); // twice is as good as once
  server.reset(); // takes with it what RESTinio still has in its queue
  BOOST_TEST(client.read_to_the_end() == "");
  BOOST_TEST(idle.read_to_the_end() == "");
  BOOST_CHECK_THROW(socket_client{port}, std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_node_that_drains_still_takes_connections_and_closes_each_after_its_answer) {
  socket_client kept(port);
  BOOST_TEST(kept.ask(get).status == 200);
  server->close_after_answers();
  socket_client later(port);
  for (auto* client : {&kept, &later}) {
    BOOST_TEST(client->ask(get).header("Connection") == "close");
    BOOST_TEST(client->read_to_the_end() == "");
  }
}

BOOST_AUTO_TEST_CASE(who_waits_to_be_accepted_when_connections_are_refused_is_still_answered) {
  socket_client busy(port);
  block(busy);
  socket_client waiting(port);
  waiting.send(get);
  server->refuse_connections();
  go_on();
  BOOST_TEST(busy.read_answer().status == 200);
  BOOST_TEST(waiting.read_answer().status == 200);
  server->stop();
  BOOST_CHECK_THROW(socket_client{port}, std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_request_is_in_hand_until_all_of_its_answer_has_left) {
  BOOST_TEST(server->unanswered() == 0u);
  socket_client client(port);
  client.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_REQUIRE((arrived.get_future().wait_for(10s) == std::future_status::ready));
  BOOST_TEST(server->unanswered() == 1u);
  kept[0]->respond({200, "text/plain", std::string(32 << 20, 'x'), {}}); // more than the kernel takes at once
  kept.clear();
  socket_client other(port);
  BOOST_TEST(other.ask(get).status == 200);
  BOOST_TEST(server->unanswered() >= 1u);
  BOOST_TEST(client.read_answer().body.size() == 32u << 20);
  while (server->unanswered() > 0) // the thread of the listener learns in a moment that it has left
    std::this_thread::yield();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(listening)

// For TSan: a connection may end in the thread that answered, while its listener counts others.
BOOST_AUTO_TEST_CASE(a_connection_is_counted_off_whichever_thread_it_ends_in) {
  std::thread([] {
    share_one_processor();
    echo_server node;
    for (int i = 0; i < 50; ++i) {
      socket_client client(node.port);
      client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
      BOOST_TEST(client.read_to_the_end().starts_with("HTTP/1.1 200 "));
    }
  }).join();
}

BOOST_AUTO_TEST_CASE(several_threads_share_one_port) {
  http::listener_settings settings;
  settings.threads = 3;
  echo_server node(settings);
  for (int i = 0; i < 20; ++i) {
    socket_client client(node.port);
    client.send(get);
    BOOST_TEST(client.read_answer().status == 200);
  }
}

BOOST_AUTO_TEST_CASE(a_listener_that_had_no_descriptor_left_for_a_connection_takes_it_when_there_is_one) {
  echo_server node({}, 30s);
  socket_client before(node.port);
  std::optional<socket_client> late;
  {
    node.block(before);
    const descriptors_left few(1);
    late.emplace(node.port); // has got the last one
    late->send(get);
    node.go_on();
    BOOST_TEST(before.read_answer().status == 200);
    for (int i = 0; i < 10; ++i) // the event loop looks at everything in turn, so the one that waits had its
      BOOST_TEST(before.ask(get).status == 200);
  }
  BOOST_TEST(late->read_answer().status == 200);
  BOOST_TEST(socket_client(node.port).ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(clients_that_are_gone_before_they_are_accepted_take_no_place) {
  http::listener_settings settings;
  settings.max_connections = 3;
  echo_server node(settings, 30s);
  socket_client first(node.port);
  node.block(first);
  for (int i = 0; i < 5; ++i)
    socket_client(node.port).reset();
  node.go_on();
  BOOST_TEST(first.read_answer().status == 200);
  BOOST_TEST(socket_client(node.port).ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(the_port_is_told_before_the_first_request) {
  uint16_t bound = 0;
  http::listener_settings settings;
  settings.on_bound = [&](uint16_t port) { bound = port; };
  echo_server node(settings);
  BOOST_TEST(bound == node.port);
  BOOST_TEST(bound > 0);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_said_so_however_many_threads_would_share_it) {
  for (const size_t threads : {1, 2}) {
    http::listener_settings settings;
    settings.threads = threads;
    const echo_server first(settings);
    settings.port = first.port;
    const auto second = http::server::start(settings, [](auto) {});
    BOOST_REQUIRE(!second);
    BOOST_TEST((second.error().code == core::ec::not_ready));
    BOOST_TEST(second.error().detail.find(std::to_string(first.port)) != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trunkline::tests

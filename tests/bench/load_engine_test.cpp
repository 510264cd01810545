#include "bench/load_engine.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace trunkline;
using namespace trunkline::bench;

namespace {

const std::vector<target> one_number = {
    {"+15550000001", "AC00000000000000000000000000000001", core::secret("token"), "/api/twilio/voice"}};

/// Serves one connection at a time. `answer` gets the how-manieth request of all it is; "" ends the connection.
class tiny_server {
public:
  explicit tiny_server(std::function<std::string(int)> answer)
      : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BOOST_REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener_, 16) == 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    thread_ = std::jthread([this] { serve(); });
  }

  ~tiny_server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  sockaddr_in address{};

private:
  void serve() {
    for (int fd = 0; (fd = accept(listener_, nullptr, nullptr)) >= 0; close(fd)) {
      std::array<char, 4096> request; // longer than any that the pool makes; they come at once
      while (recv(fd, request.data(), request.size(), 0) > 0) {
        const auto text = answer_(++requests_);
        if (text.empty() || send(fd, text.data(), text.size(), MSG_NOSIGNAL) < 0)
          break;
      }
    }
  }

  std::function<std::string(int)> answer_;
  int listener_;
  int requests_ = 0;
  std::jthread thread_;
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const std::string busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

load_options few(uint64_t requests) {
  load_options options;
  options.connections = 1;
  options.warmup_s = 0;
  options.duration_s = 30; // a bound, not what it takes
  options.requests = requests;
  return options;
}

load_result drive(const tiny_server& server, const load_options& options) {
  request_pool pool(one_number, options.public_url, options.requests, 7, false);
  const std::atomic<bool> stop{false};
  return load_engine(options, pool, server.address).run(stop).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(bench_load_engine)

BOOST_AUTO_TEST_CASE(the_ledger_holds_the_accepted_calls_and_no_other) {
  const auto file = std::filesystem::temp_directory_path() / ("ledger-" + std::to_string(getpid()));
  auto options = few(10);
  options.ledger = file;
  const auto result = drive(tiny_server([](int n) { return n % 2 == 0 ? busy : ok; }), options);
  BOOST_TEST(result.by_status[200] == 5u);
  BOOST_TEST(result.by_status[503] == 5u);

  const request_pool pool(one_number, options.public_url, 10, 7, false);
  std::ifstream ledger(file);
  std::set<std::string> accepted;
  for (std::string line; std::getline(ledger, line);)
    accepted.insert(line);
  std::filesystem::remove(file);
  BOOST_TEST((accepted == std::set<std::string>{pool.call_sid(0), pool.call_sid(2), pool.call_sid(4), pool.call_sid(6),
                                                pool.call_sid(8)}));
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_early_costs_its_request_and_is_made_again) {
  const auto result = drive(tiny_server([](int n) { return n == 3 ? "" : ok; }), few(6));
  BOOST_TEST(result.resets == 1u);
  BOOST_TEST(result.by_status[200] == 5u);
}

BOOST_AUTO_TEST_CASE(a_server_that_closes_politely_is_no_error) {
  const auto closing = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  const auto result = drive(tiny_server([&](int) { return closing; }), few(1));
  BOOST_TEST(result.by_status[200] == 1u);
  BOOST_TEST(result.resets + result.connect_errors + result.protocol_errors == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_never_ends_is_a_timeout_and_counts_into_the_latency) {
  auto options = few(1);
  options.timeout_ms = 20;
  const auto result = drive(tiny_server([](int) { return "HTTP/1.1 200 OK\r\n"; }), options);
  BOOST_TEST(result.timeouts == 1u);
  BOOST_TEST(result.latency.max() >= 20'000'000u);
}

// 1000 requests/s for 0.2 s on one connection, each given up after `timeout_ms`.
load_result drive_open_loop(const tiny_server& server, unsigned timeout_ms) {
  auto options = few(0);
  options.rate = 1000;
  options.duration_s = 0.2;
  options.timeout_ms = timeout_ms;
  options.pool = 1000;
  request_pool pool(one_number, options.public_url, options.pool, 7, false);
  const std::atomic<bool> stop{false};
  return load_engine(options, pool, server.address).run(stop).value();
}

BOOST_AUTO_TEST_CASE(an_open_loop_counts_from_when_a_request_should_have_left) {
  // The first answer never ends: 100 ms go by until its deadline, and half of all requests become due meanwhile.
  const auto result = drive_open_loop(tiny_server([](int n) { return n == 1 ? "HTTP/1.1 200 OK\r\n" : ok; }), 100);
  BOOST_TEST(result.timeouts == 1u);
  BOOST_TEST(result.by_status[200] > 1u);
  BOOST_TEST(result.latency.percentile(0.6) >= 20'000'000u);
}

BOOST_AUTO_TEST_CASE(an_open_loop_charges_a_stalled_server_for_everyone_who_had_to_wait) {
  const auto result = drive_open_loop(tiny_server([](int) { return "HTTP/1.1 200 OK\r\n"; }), 400);
  BOOST_TEST(result.sent == 1u);
  BOOST_TEST(result.unsent == 199u);
  BOOST_TEST(result.latency.total() == 200u);
  BOOST_TEST(result.latency.percentile(0.5) >= 200'000'000u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "sim/demo_accounts.hpp"
#include "sim/fault_gate.hpp"
#include "sim/http_server.hpp"
#include "sim/timer_queue.hpp"
#include "sim/webhook_client.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility> // Asio 1.18's awaitable.hpp forgets it

namespace trunkline::sim {

namespace {

struct options {
  std::string listen = "127.0.0.1:8081", port_file;
  bool print_demo = false;
  world_options world;
};

/// The real world.
class system_outside final : public outside {
public:
  explicit system_outside(boost::asio::io_context& io) : timers_(io), client_(io) {}

  bool after(std::chrono::milliseconds delay, std::function<void()> work) override {
    return timers_.after(delay, std::move(work));
  }
  void send(http_call call, std::function<void(http_answer)> done) override {
    client_.send(std::move(call), std::move(done));
  }

private:
  timer_queue timers_;
  webhook_client client_;
};

boost::asio::ip::tcp::endpoint parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon != std::string::npos) {
    uint16_t port = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data() + colon + 1, end, port);
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(text.substr(0, colon), no_address);
    if (failure == std::errc() && stop == end && !no_address)
      return {address, port};
  }
  throw std::runtime_error("--listen must be ADDRESS:PORT, for example 127.0.0.1:8081");
}

/// Whole or not at all: who waits for the file never reads half a number.
void write_port_file(const std::string& name, uint16_t port) {
  const auto draft = name + ".new";
  std::ofstream(draft) << port << '\n';
  std::filesystem::rename(draft, name);
}

void serve(const options& chosen) {
  boost::asio::io_context io(1);
  core::system_clock clock;
  system_outside out(io);
  world sim(chosen.world, clock, out);
  add_demo_accounts(sim.data, clock.now());
  const auto where = parse_listen(chosen.listen);
  http_server server(io, where,
                     [&sim](request received, respond done) { handle(sim, std::move(received), std::move(done)); });
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
  if (!chosen.port_file.empty())
    write_port_file(chosen.port_file, server.port());
  const auto host = where.address().to_string();
  fmt::print("listening on http://{}:{}\n", where.address().is_v6() ? "[" + host + "]" : host, server.port());
  std::fflush(stdout);
  io.run();
}

int run(int argc, char** argv) {
  options chosen;
  auto& world = chosen.world;
  world.address.gateway = "http://127.0.0.1:8080";
  CLI::App app("A simulator of Twilio's API for development and tests.", "twilio-sim");
  app.add_option("--listen", chosen.listen, "ADDRESS:PORT, port 0 takes a free one")->capture_default_str();
  app.add_option("--port-file", chosen.port_file, "write the port here once listening");
  app.add_option("--gateway", world.address.gateway, "where webhooks go, http on this machine")->capture_default_str();
  app.add_option("--public-url", world.address.public_url, "what the world calls the gateway; this is what is signed");
  app.add_option("--sent-after-ms", world.times.sent_after_ms)->check(CLI::Range(0, 86'400'000))->capture_default_str();
  app.add_option("--delivered-after-ms", world.times.delivered_after_ms)
      ->check(CLI::Range(0, 86'400'000))
      ->capture_default_str();
  app.add_option("--ledger-entries", world.ledger_entries)->check(CLI::Range(1, 10'000'000))->capture_default_str();
  app.add_option("--seed", world.seed, "makes SIDs and chances repeatable; 0: random")->capture_default_str();
  app.add_flag("--print-demo", chosen.print_demo, "print the demo accounts as JSON and exit");
  CLI11_PARSE(app, argc, argv);
  if (chosen.print_demo) {
    fmt::print("{}\n", demo_accounts_json());
    return 0;
  }
  serve(chosen);
  return 0;
}

} // namespace

} // namespace trunkline::sim

int main(int argc, char** argv) {
  if (sodium_init() < 0)
    return 1;
  try {
    return trunkline::sim::run(argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << "twilio-sim: " << failure.what() << '\n';
    return 1;
  }
}

#include "sim/demo_accounts.hpp"
#include "sim/fault_gate.hpp"
#include "sim/http_server.hpp"
#include "sim/timer_queue.hpp"
#include "tests/providers/simulated_twilio.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <rapidjson/document.h>

#include <future>
#include <thread>
#include <utility>

namespace trunkline::tests {

namespace {

/// Real delays; nobody is told of anything by a webhook.
class quiet_outside final : public sim::outside {
public:
  explicit quiet_outside(boost::asio::io_context& io) : timers_(io) {}
  bool after(std::chrono::milliseconds delay, std::function<void()> work) override {
    return timers_.after(delay, std::move(work));
  }
  void send(sim::http_call, std::function<void(sim::http_answer)> done) override { done({204}); }

private:
  sim::timer_queue timers_;
};

} // namespace

struct simulated_twilio::impl {
  impl() {
    sim::add_demo_accounts(world.data, clock.now());
    thread = std::thread([this] { io.run(); });
  }
  ~impl() {
    io.stop();
    thread.join();
  }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  boost::asio::io_context io{1};
  core::system_clock clock;
  quiet_outside out{io};
  sim::world world{{}, clock, out};
  sim::http_server server{
      io, {boost::asio::ip::address_v4::loopback(), 0}, [this](sim::request received, sim::respond done) {
        sim::handle(world, std::move(received), std::move(done));
      }};
  std::thread thread;
};

simulated_twilio::simulated_twilio() : impl_(std::make_unique<impl>()) {}
simulated_twilio::~simulated_twilio() = default;

std::string simulated_twilio::url() const { return fmt::format("http://127.0.0.1:{}", impl_->server.port()); }

void simulated_twilio::in_world(const std::function<void(sim::world&)>& change) {
  std::promise<void> done;
  boost::asio::post(impl_->io, [&] {
    change(impl_->world);
    done.set_value();
  });
  done.get_future().wait();
}

void simulated_twilio::fault(const std::string& rule) {
  rapidjson::Document json;
  json.Parse(rule);
  auto parsed = sim::fault_rule::parse(json);
  BOOST_REQUIRE_MESSAGE(parsed, rule);
  in_world([&](sim::world& world) { world.faults.add(std::move(*parsed)); });
}

void simulated_twilio::no_faults() {
  in_world([](sim::world& world) { world.faults.clear(); });
}

} // namespace trunkline::tests

#include "http/server.hpp"

#include "config/log.hpp"
#include "http/restinio_exchange.hpp"
#include "http/steady_acceptor.hpp"

#include <restinio/all.hpp>

#include <algorithm>
#include <poll.h>
#include <thread>
#include <vector>

namespace trunkline::http {

namespace {

using restinio_server = restinio::http_server_t<server_traits>;

restinio::incoming_http_msg_limits_t limits(size_t max_body_bytes) {
  return restinio::incoming_http_msg_limits_t{}
      .max_url_size(8 * 1024)
      .max_field_name_size(256)
      .max_field_value_size(8 * 1024)
      .max_field_count(64)
      .max_body_size(max_body_bytes);
}

/// Acceptors that share a port would share it with another process as well, which then answers every other connection.
void throw_if_taken(const listener_settings& settings) {
  if (settings.threads < 2 || settings.port == 0)
    return;
  asio::io_context io;
  const asio::ip::tcp::acceptor alone(io, {asio::ip::make_address(settings.address), settings.port});
}

} // namespace

/// Can let go of what still waits in it. Connections live in waiting handlers and count themselves off at their server
/// when they end, so they must end before it, while its sockets need the loop to outlive it.
struct event_loop : asio::io_context {
  event_loop() : asio::io_context(1) {}
  void drop_handlers() { shutdown(); }
};

/// An acceptor with its event loop and thread; all of a listener share the port.
struct acceptor {
  std::unique_ptr<event_loop> io = std::make_unique<event_loop>();
  std::unique_ptr<restinio_server> http;
  std::thread thread;
  int listening = -1;    ///< the socket
  bool accepting = true; ///< of its own thread

  void refuse_connections() {
    if (std::exchange(accepting, false))
      http->close_sync();
  }

  /// Whoever is in the kernel's queue has connected as far as he knows, and has perhaps sent his request: closing the
  /// socket would answer him with a reset.
  void refuse_connections_when_nobody_waits(std::chrono::steady_clock::time_point at_last) {
    pollfd queue{listening, POLLIN, 0};
    if (accepting && ::poll(&queue, 1, 0) == 1 && std::chrono::steady_clock::now() < at_last)
      asio::post(*io, [this, at_last] { refuse_connections_when_nobody_waits(at_last); });
    else
      refuse_connections();
  }
};

struct server::impl {
  std::vector<acceptor> acceptors;
  std::string address;
  std::atomic<uint16_t> port{0};
  std::shared_ptr<traffic> here = std::make_shared<traffic>();

  impl() = default;
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  ~impl() {
    close();
    for (auto& each : acceptors)
      each.io->drop_handlers();
  }

  void open(const listener_settings& settings, const handler& handle) {
    auto& next = acceptors.emplace_back();
    next.http = std::make_unique<restinio_server>(restinio::external_io_context(*next.io), [&](auto& s) {
      s.address(settings.address)
          .port(port ? port.load() : settings.port)
          .protocol(settings.address.find(':') == std::string::npos ? asio::ip::tcp::v4() : asio::ip::tcp::v6())
          .incoming_http_msg_limits(limits(settings.max_body_bytes))
          .max_parallel_connections(std::max<size_t>(settings.max_connections / settings.threads, 1))
          .read_next_http_message_timelimit(settings.read_timeout)
          .write_http_response_timelimit(settings.write_timeout)
          .handle_request_timeout(settings.handle_timeout)
          .buffer_size(8 * 1024)
          .max_pipelined_requests(4)
          .concurrent_accepts_count(1)
          .cleanup_func([] {})
          .acceptor_options_setter([&](restinio::acceptor_options_t& options) {
            options.set_option(asio::ip::tcp::acceptor::reuse_address(true));
            if (settings.threads > 1)
              options.set_option(asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>(true));
          })
          .socket_options_setter(
              [](restinio::socket_options_t& options) { options.set_option(asio::ip::tcp::no_delay{true}); })
          .acceptor_post_bind_hook([this, &settings, &next](asio::ip::tcp::acceptor& bound) {
            next.listening = bound.native_handle();
            port = bound.local_endpoint().port();
            if (settings.on_bound && acceptors.size() == 1) // the others follow on the same port
              settings.on_bound(port);
          })
          .request_handler([handle, here = here](restinio::request_handle_t request) {
            if (auto asked = make_exchange(std::move(request), here))
              handle(std::move(asked));
            return restinio::request_accepted();
          });
    });
    next.http->open_sync();
    next.thread = std::thread([io = next.io.get()] {
      const auto keep_running = asio::make_work_guard(*io);
      io->run();
    });
  }

  void refuse_connections() {
    constexpr auto longest = std::chrono::milliseconds(50); // who may not be accepted yet waits in the queue, too
    for (auto& each : acceptors)
      asio::post(*each.io, [&each, at_last = std::chrono::steady_clock::now() + longest] {
        each.refuse_connections_when_nobody_waits(at_last);
      });
  }

  void close() {
    for (auto& each : acceptors) {
      if (!each.thread.joinable())
        continue;
      asio::post(*each.io, [&each] {
        each.refuse_connections();
        each.io->stop();
      });
      each.thread.join();
    }
  }
};

server::server(std::unique_ptr<impl> body) : impl_(std::move(body)) {}
server::~server() = default;
void server::close_after_answers() { impl_->here->closing = true; }
void server::refuse_connections() { impl_->refuse_connections(); }
size_t server::unanswered() const { return impl_->here->unanswered; }
void server::stop() { impl_->close(); }

core::expected<std::unique_ptr<server>> server::start(const listener_settings& settings, const handler& handle) {
  auto body = std::make_unique<impl>();
  body->address = settings.address;
  body->acceptors.reserve(settings.threads);
  try {
    throw_if_taken(settings);
    for (size_t i = 0; i < settings.threads; ++i)
      body->open(settings, handle);
  } catch (const std::exception& problem) {
    return core::fail(core::ec::not_ready,
                      "Cannot listen on " + settings.address + ":" + std::to_string(settings.port) +
                          ". Is another process using the port?",
                      problem.what());
  }
  return std::unique_ptr<server>(new server(std::move(body)));
}

std::string server::url() const {
  const bool v6 = impl_->address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + impl_->address + "]" : impl_->address) + ":" + std::to_string(impl_->port.load());
}

} // namespace trunkline::http

#include "http/server.hpp"

#include "config/log.hpp"
#include "http/request_ids.hpp"
#include "http/respond.hpp"
#include "http/steady_acceptor.hpp"

#include <restinio/all.hpp>

#include <algorithm>
#include <atomic>
#include <poll.h>
#include <thread>
#include <vector>

namespace trunkline::http {

namespace {

using restinio_server = restinio::http_server_t<server_traits>;

/// What a listener and all its exchanges know.
struct traffic {
  std::atomic<bool> closing{false}; ///< every answer closes its connection
  std::atomic<size_t> unanswered{0};
};

/// Counts a request from its arrival until its answer has left, or nobody is there any more to take it.
class in_hand {
public:
  explicit in_hand(std::shared_ptr<traffic> of) : of_(std::move(of)) { ++of_->unanswered; }
  ~in_hand() { --of_->unanswered; }
  in_hand(const in_hand&) = delete;
  in_hand& operator=(const in_hand&) = delete;

private:
  std::shared_ptr<traffic> of_;
};

class restinio_exchange final : public exchange {
public:
  restinio_exchange(restinio::request_handle_t request, const std::shared_ptr<traffic>& listener)
      : exchange(next_request_id()),
        request_(std::move(request)),
        listener_(listener),
        counted_(std::make_shared<in_hand>(listener)) {}

  ~restinio_exchange() override { // a handler that forgot: the client must not wait for the timeout
    if (answered_.load())
      return;
    try {
      respond({500, "", "", {}});
    } catch (const std::exception& problem) { // then it waits after all
      log::error(id(), "a request was dropped unanswered: {}", problem.what());
    } catch (...) {
      log::error(id(), "a request was dropped unanswered");
    }
  }
  restinio_exchange(const restinio_exchange&) = delete;
  restinio_exchange& operator=(const restinio_exchange&) = delete;

  std::string_view method() const override {
    const auto* name = request_->header().method().c_str();
    return name ? name : "";
  }
  std::string_view target() const override { return request_->header().request_target(); }
  std::string_view body() const override { return request_->body(); }

  std::string_view header(std::string_view name) const override {
    const auto value = request_->header().opt_value_of(restinio::string_view_t(name.data(), name.size()));
    return value ? std::string_view(value->data(), value->size()) : std::string_view{};
  }

  size_t header_count(std::string_view name) const override {
    size_t count = 0;
    request_->header().for_each_value_of(restinio::string_view_t(name.data(), name.size()), [&](auto) {
      ++count;
      return restinio::http_header_fields_t::continue_enumeration();
    });
    return count;
  }

  std::string remote_address() const override { return request_->remote_endpoint().address().to_string(); }

  /// The parser lets through what a proxy before us may have read otherwise: a name with a blank in it, a control
  /// character in a value, a second Host.
  bool has_plain_head() const {
    bool plain = header_count("Host") <= 1;
    request_->header().for_each_field([&plain](const restinio::http_header_field_t& field) {
      plain = plain &&
              std::none_of(field.name().begin(), field.name().end(),
                           [](unsigned char c) { return c <= ' ' || c >= 127; }) &&
              std::none_of(field.value().begin(), field.value().end(),
                           [](unsigned char c) { return (c < ' ' && c != '\t') || c == 127; });
    });
    return plain;
  }

  void respond(response answer) override {
    if (answered_.exchange(true))
      return;
    if (method() == "HEAD") { // the length that a GET would have, without the body
      auto out = begin<restinio::user_controlled_output_t>(answer);
      out.set_content_length(answer.body.size());
      out.done(when_it_has_left());
    } else {
      auto out = begin<restinio::restinio_controlled_output_t>(answer);
      out.set_body(std::move(answer.body));
      out.done(when_it_has_left());
    }
  }

private:
  restinio::write_status_cb_t when_it_has_left() {
    return [counted = std::move(counted_)](const auto&) mutable { counted.reset(); };
  }

  template <class Output>
  restinio::response_builder_t<Output> begin(response& answer) {
    auto out = request_->create_response<Output>(restinio::http_status_line_t(
        restinio::http_status_code_t(static_cast<std::uint16_t>(answer.status)), reason_of(answer.status)));
    for (auto& [name, value] : answer.headers)
      out.append_header(std::move(name), std::move(value));
    if (!answer.content_type.empty())
      out.append_header(restinio::http_field::content_type, std::move(answer.content_type));
    if (answer.close_connection || listener_->closing)
      out.connection_close();
    return out;
  }

  static std::string reason_of(int status) {
    switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
    }
  }

  restinio::request_handle_t request_;
  std::shared_ptr<const traffic> listener_;
  std::shared_ptr<in_hand> counted_; ///< until it is answered
  std::atomic<bool> answered_{false};
};

void refuse_head(exchange& request) {
  auto answer = problem(request.id(), {core::ec::invalid_request,
                                       "Send one Host and plain header lines.",
                                       "",
                                       {{"", "invalid_header", "A header is not well formed or is given twice"}}});
  answer.close_connection = true;
  request.respond(std::move(answer));
}

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
            auto asked = std::make_shared<restinio_exchange>(std::move(request), here);
            if (asked->has_plain_head())
              handle(std::move(asked));
            else
              refuse_head(*asked);
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

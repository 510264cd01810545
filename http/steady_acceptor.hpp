#pragma once

// RESTinio's own acceptor ends for good at the first accept() that fails (its handler is `if(!ec)` without an else),
// for example because the process has no file descriptor left, and it loses a place for a connection whenever a client
// has gone before it asks for his address, which throws. Anybody who can open connections can bring about both. So here
// is another one, for our traits: it tries again after a moment, and takes the address from accept() itself.

#include "config/log.hpp"

#include <restinio/all.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace trunkline::http {

// One io thread per acceptor, so no strand; answers from other threads are dispatched to that thread by asio.
struct server_traits : restinio::default_single_thread_traits_t {
  static constexpr bool use_connection_count_limiter = true;
};

} // namespace trunkline::http

/// A connection counts itself off where its last reference goes. That may be in a thread that answers: it holds one
/// until done() returns, and by then the answer may have left and closed the connection. Nothing else that goes with a
/// connection is anybody else's or not safe by itself, so this count is all that has to be locked, once per connection.
template <>
struct restinio::connection_count_limit_types<trunkline::http::server_traits> {
  using limiter_t = connection_count_limits::connection_count_limiter_t<default_strand_t>; // the one with a mutex
  using lifetime_monitor_t = connection_count_limits::connection_lifetime_monitor_t<limiter_t>;
};

/// One accept() at a time; everything but the constructor and open() happens on the thread of its event loop.
template <>
class restinio::impl::acceptor_t<trunkline::http::server_traits> final
    : public std::enable_shared_from_this<acceptor_t<trunkline::http::server_traits>>,
      restinio::connection_count_limits::impl::acceptor_callback_iface_t {
  using traits = trunkline::http::server_traits;
  using limits = restinio::connection_count_limit_types<traits>;
  using connections = restinio::impl::connection_factory_t<traits>;

public:
  template <class Settings>
  acceptor_t(Settings& settings, asio::io_context& io, std::shared_ptr<connections> factory, traits::logger_t&)
      : where_(settings.protocol(), settings.port()),
        set_options_(settings.acceptor_options_setter()),
        bound_(settings.giveaway_acceptor_post_bind_hook()),
        listening_(io),
        accepted_(io),
        pause_(io),
        factory_(std::move(factory)),
        executor_(io.get_executor()),
        limiter_(this,
                 restinio::connection_count_limits::max_parallel_connections_t{settings.max_parallel_connections()},
                 restinio::connection_count_limits::max_active_accepts_t{1}) {
    if (const auto* text = restinio::get_if<std::string>(&settings.address()))
      where_.address(asio::ip::make_address(*text == "localhost" ? "127.0.0.1" : *text));
  }

  virtual ~acceptor_t() = default;
  acceptor_t(const acceptor_t&) = delete;
  acceptor_t& operator=(const acceptor_t&) = delete;

  void open() {
    listening_.open(where_.protocol());
    try {
      restinio::acceptor_options_t options(listening_);
      (*set_options_)(options);
      listening_.bind(where_);
      bound_(listening_);
      listening_.listen(asio::socket_base::max_listen_connections);
    } catch (...) {
      listening_.close();
      throw;
    }
    limiter_.accept_next(0);
  }

  void close() {
    listening_.close();
    pause_.cancel();
  }

  auto& get_open_close_operations_executor() noexcept { return executor_; }

private:
  static constexpr std::chrono::milliseconds a_moment{100};

  void call_accept_now(std::size_t) noexcept override {
    listening_.async_accept(accepted_, from_, [self = shared_from_this()](const std::error_code& failed) {
      if (!self->listening_.is_open())
        return;
      if (failed)
        self->try_again_later(failed);
      else
        self->begin_connection();
    });
  }

  void schedule_next_accept_attempt(std::size_t) noexcept override {
    asio::post(executor_, [self = shared_from_this()]() noexcept { self->limiter_.accept_next(0); });
  }

  /// The limiter still counts this attempt as under way.
  void try_again_later(const std::error_code& failed) {
    if (!std::exchange(failing_, true)) // one line per spell of bad luck
      trunkline::log::error(trunkline::log::no_request, "connections cannot be accepted, trying on: {}",
                            failed.message());
    pause_.expires_after(a_moment);
    pause_.async_wait([self = shared_from_this()](const std::error_code& cancelled) {
      if (!cancelled && self->listening_.is_open())
        self->call_accept_now(0);
    });
  }

  void begin_connection() noexcept {
    failing_ = false;
    limits::lifetime_monitor_t counted(&limiter_); // counts itself off again if there is no connection after all
    try {
      factory_->create_new_connection(std::move(accepted_), from_, std::move(counted))->init();
    } catch (const std::exception& problem) {
      trunkline::log::error(trunkline::log::no_request, "a connection was dropped: {}", problem.what());
    }
    limiter_.accept_next(0);
  }

  asio::ip::tcp::endpoint where_, from_;
  std::unique_ptr<restinio::acceptor_options_setter_t> set_options_;
  restinio::acceptor_post_bind_hook_t bound_;
  asio::ip::tcp::acceptor listening_;
  traits::stream_socket_t accepted_;
  asio::steady_timer pause_;
  std::shared_ptr<connections> factory_;
  traits::strand_t executor_;
  limits::limiter_t limiter_;
  bool failing_ = false;
};

#include "sim/webhook_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <optional>
#include <utility> // Asio 1.18's awaitable.hpp forgets it

namespace trunkline::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr size_t most_under_way = 64, most_waiting = 100'000, most_idle = 64;
constexpr size_t largest_body = 64 * 1024, largest_head = 16 * 1024;
constexpr auto connect_limit = std::chrono::seconds(5), answer_limit = std::chrono::seconds(15),
               idle_limit = std::chrono::seconds(2);

std::string key_of(const webhook_target& target) { return fmt::format("{}:{}", target.host, target.port); }

tcp::endpoint endpoint_of(const webhook_target& target, error_code& failure) {
  const auto host = target.host == "localhost" ? std::string("127.0.0.1")
                    : target.host == "[::1]"   ? "::1"
                                               : target.host;
  return {asio::ip::make_address(host, failure), target.port};
}

} // namespace

/// One connection to the gateway, carrying one exchange at a time.
class client_connection : public std::enable_shared_from_this<client_connection> {
public:
  using job_ptr = std::shared_ptr<webhook_client::job>;

  client_connection(webhook_client& owner, asio::io_context& io) : owner_(owner), stream_(io) {}

  void connect(const job_ptr& work) {
    error_code failure;
    const auto endpoint = endpoint_of(work->call.target, failure);
    if (failure) // not at once: give_up() starts the next one, which may be as wrong as this
      return asio::post(stream_.get_executor(),
                        [self = shared_from_this(), work] { self->give_up(work, "the host is no address"); });
    stream_.expires_after(connect_limit);
    stream_.async_connect(endpoint, [self = shared_from_this(), work](error_code broken) {
      if (broken)
        return self->give_up(work, "cannot connect: " + broken.message());
      self->stream_.socket().set_option(tcp::no_delay(true), broken);
      self->exchange(work);
    });
  }

  void exchange(const job_ptr& work) {
    const auto& call = work->call;
    request_ = {};
    request_.version(11);
    request_.method_string(call.method);
    request_.target(call.target.path);
    request_.set(http::field::host, key_of(call.target));
    for (const auto& [name, value] : call.headers)
      request_.set(name, value);
    request_.body() = call.body;
    request_.prepare_payload();
    parser_.emplace();
    parser_->body_limit(largest_body);
    parser_->header_limit(largest_head);
    stream_.expires_after(answer_limit);
    http::async_write(stream_, request_, [self = shared_from_this(), work](error_code failure, size_t) {
      failure ? self->broke(work, failure) : self->read(work);
    });
  }

  bool fresh() const { return std::chrono::steady_clock::now() - idle_since_ < idle_limit; }

private:
  void read(const job_ptr& work) {
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this(), work](error_code failure, size_t) {
      failure ? self->broke(work, failure) : self->answered(work);
    });
  }

  void answered(const job_ptr& work) {
    auto message = parser_->release();
    http_answer answer;
    answer.status = static_cast<int>(message.result_int());
    for (const auto& header : message)
      answer.headers.emplace_back(std::string(header.name_string()), std::string(header.value()));
    answer.body = std::move(message.body());
    used_before_ = true;
    idle_since_ = std::chrono::steady_clock::now();
    stream_.expires_never();
    const bool keep = message.keep_alive();
    owner_.finish(work, std::move(answer), keep ? shared_from_this() : nullptr);
  }

  /// A kept connection that the other side had closed meanwhile is no answer: once more, on a new one.
  void broke(const job_ptr& work, error_code failure) {
    const bool stale = used_before_ && failure != beast::error::timeout && !parser_->got_some();
    if (stale)
      return owner_.retry(work);
    give_up(work, failure == beast::error::timeout ? "no answer in time" : "no answer: " + failure.message());
  }

  void give_up(const job_ptr& work, std::string problem) {
    owner_.finish(work, {0, {}, {}, std::move(problem)}, nullptr);
  }

  webhook_client& owner_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::optional<http::response_parser<http::string_body>> parser_;
  bool used_before_ = false;
  std::chrono::steady_clock::time_point idle_since_;
};

void webhook_client::send(http_call call, std::function<void(http_answer)> done) {
  auto work = std::make_shared<job>(job{std::move(call), std::move(done), std::chrono::steady_clock::now()});
  if (under_way_ < most_under_way) {
    ++under_way_;
    start(work);
  } else if (waiting_.size() < most_waiting) {
    waiting_.push_back(std::move(work));
  } else {
    work->done({0, {}, {}, "too many webhooks are waiting"});
  }
}

void webhook_client::start(const std::shared_ptr<job>& work) {
  auto& kept = idle_[key_of(work->call.target)];
  while (!kept.empty()) {
    auto connection = std::move(kept.back());
    kept.pop_back();
    if (connection->fresh()) {
      ++work->attempts;
      connection->exchange(work);
      return;
    }
  }
  retry(work);
}

void webhook_client::retry(const std::shared_ptr<job>& work) {
  ++work->attempts;
  std::make_shared<client_connection>(*this, io_)->connect(work);
}

void webhook_client::finish(const std::shared_ptr<job>& work, http_answer answer,
                            std::shared_ptr<client_connection> reusable) {
  const auto taken = std::chrono::steady_clock::now() - work->started;
  answer.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
  answer.attempts = work->attempts;
  auto& kept = idle_[key_of(work->call.target)];
  if (reusable && kept.size() < most_idle)
    kept.push_back(std::move(reusable));
  --under_way_;
  if (!waiting_.empty()) {
    ++under_way_;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    start(next);
  }
  work->done(std::move(answer));
}

} // namespace trunkline::sim

#include "sim/http_session.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <iterator>
#include <utility> // Asio 1.18's awaitable.hpp forgets it

namespace trunkline::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr size_t largest_body = 64 * 1024, largest_head = 16 * 1024;
constexpr auto read_limit = std::chrono::seconds(60), write_limit = std::chrono::seconds(30);

request to_request(http::request<http::string_body>&& message) {
  request out;
  out.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto mark = target.find('?');
  out.path = target.substr(0, mark);
  if (mark != std::string::npos)
    out.query = target.substr(mark + 1);
  out.authorization = std::string(message[http::field::authorization]);
  out.content_type = std::string(message[http::field::content_type]);
  out.body = std::move(message.body());
  return out;
}

/// By hand and into one buffer: half an answer can be sent as easily as a whole one.
std::string head_of(const response& answer, bool keep_alive) {
  std::string head;
  const auto reason = http::obsolete_reason(static_cast<http::status>(answer.status));
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", answer.status,
                 std::string_view(reason.data(), reason.size()));
  if (answer.status != 204)
    fmt::format_to(std::back_inserter(head), "Content-Type: {}\r\nContent-Length: {}\r\n", answer.content_type,
                   answer.body.size());
  for (const auto& [name, value] : answer.headers)
    fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

} // namespace

http_session::http_session(asio::ip::tcp::socket socket, const handler& handle, std::function<void()> gone)
    : stream_(std::move(socket)), handle_(handle), gone_(std::move(gone)) {
  error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

http_session::~http_session() { gone_(); }

void http_session::read() {
  parser_.emplace();
  parser_->body_limit(largest_body);
  parser_->header_limit(largest_head);
  stream_.expires_after(read_limit);
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code failure, size_t) {
    self->stream_.expires_never(); // how long handling may take is the faults' business
    if (!failure)
      self->dispatch();
    else if (failure == http::error::body_limit)
      self->refuse(413);
    else if (failure == http::error::header_limit)
      self->refuse(431);
    else if (failure != http::error::end_of_stream &&
             failure.category() == http::make_error_code(http::error::end_of_stream).category())
      self->refuse(400);
    else
      self->close();
  });
}

void http_session::dispatch() {
  auto message = parser_->release();
  keep_alive_ = message.keep_alive();
  handle_(to_request(std::move(message)),
          [self = shared_from_this()](const outcome& result) { self->deliver(result); });
}

void http_session::refuse(int status) {
  keep_alive_ = false;
  deliver({{status, fmt::format(R"({{"code":20001,"message":"The request cannot be read","status":{}}})", status)}});
}

void http_session::deliver(const outcome& result) {
  if (result.how == delivery::reset) {
    reset();
    return;
  }
  const bool whole = result.how == delivery::whole;
  out_ = head_of(result.answer, keep_alive_ && whole);
  if (result.answer.status != 204)
    out_ +=
        std::string_view(result.answer.body).substr(0, whole ? std::string_view::npos : result.answer.body.size() / 2);
  write(!keep_alive_ || !whole);
}

void http_session::write(bool last) {
  stream_.expires_after(write_limit);
  asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this(), last](error_code failure, size_t) {
    last || failure ? self->close() : self->read();
  });
}

/// With a linger time of 0, closing sends RST instead of FIN: the client sees "connection reset by peer".
void http_session::reset() {
  error_code ignored;
  stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  stream_.socket().close(ignored);
}

void http_session::close() {
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
}

} // namespace trunkline::sim

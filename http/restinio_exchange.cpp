#include "http/restinio_exchange.hpp"

#include "config/log.hpp"
#include "http/request_ids.hpp"
#include "http/respond.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace trunkline::http {

namespace {

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

/// Every part is a write of its own, so that it is known when it has left. RESTinio keeps its patience with a client
/// that does not read, write_timeout, and closes.
class restinio_stream final : public stream {
public:
  using output = restinio::response_builder_t<restinio::chunked_output_t>;

  restinio_stream(output out, std::shared_ptr<in_hand> counted) : out_(std::move(out)), counted_(std::move(counted)) {}
  ~restinio_stream() override {
    try {
      end();
    } catch (const std::exception& problem) { // then its connection ends with the listener
      log::error(log::no_request, "a stream was not ended: {}", problem.what());
    }
  }
  restinio_stream(const restinio_stream&) = delete;
  restinio_stream& operator=(const restinio_stream&) = delete;

  void send(std::shared_ptr<const std::string> part) override {
    const std::lock_guard held(lock_);
    if (ended())
      return;
    const auto bytes = part->size();
    ++state_->unsent, state_->unsent_bytes += bytes;
    out_.append_chunk(std::move(part));
    out_.flush([state = state_, bytes](const auto& failed) {
      --state->unsent, state->unsent_bytes -= bytes;
      if (failed)
        state->ended = true;
    });
  }

  size_t unsent() const override { return state_->unsent; }
  size_t unsent_bytes() const override { return state_->unsent_bytes; }
  bool ended() const override { return state_->ended; }

  void end() override {
    const std::lock_guard held(lock_);
    state_->ended = true;
    if (auto counted = std::exchange(counted_, nullptr))
      out_.done([counted = std::move(counted)](const auto&) mutable { counted.reset(); });
  }

private:
  struct state {
    std::atomic<size_t> unsent{0}, unsent_bytes{0};
    std::atomic<bool> ended{false};
  };

  std::mutex lock_;
  output out_;
  std::shared_ptr<in_hand> counted_;
  std::shared_ptr<state> state_ = std::make_shared<state>();
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

  std::shared_ptr<stream> respond_streaming(response head) override {
    if (answered_.exchange(true))
      return nullptr;
    head.close_connection = true; // its end is the end of the connection, or the next answer would wait for it
    return std::make_shared<restinio_stream>(begin<restinio::chunked_output_t>(head), std::move(counted_));
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

} // namespace

exchange_ptr make_exchange(restinio::request_handle_t request, const std::shared_ptr<traffic>& listener) {
  auto asked = std::make_shared<restinio_exchange>(std::move(request), listener);
  if (asked->has_plain_head())
    return asked;
  refuse_head(*asked);
  return nullptr;
}

} // namespace trunkline::http

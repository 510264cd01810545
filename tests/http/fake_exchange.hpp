#pragma once

#include "http/exchange.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidjson/document.h>

#include <algorithm>
#include <cctype>

namespace trunkline::tests {

/// What was sent of an answer that goes on.
struct fake_stream final : http::stream {
  void send(std::shared_ptr<const std::string> part) override {
    if (!is_ended)
      sent += *part;
  }
  size_t unsent() const override { return waiting; }
  size_t unsent_bytes() const override { return 0; }
  bool ended() const override { return is_ended; }
  void end() override { is_ended = true; }

  std::string sent;
  size_t waiting = 0;
  bool is_ended = false;
};

/// A request that came over no socket, and what was answered to it.
class fake_exchange final : public http::exchange {
public:
  explicit fake_exchange(std::string method = "GET", std::string target = "/", std::string body = {})
      : exchange(core::request_id("req_1a2b3c4d")),
        method_(std::move(method)),
        target_(std::move(target)),
        body_(std::move(body)) {}

  fake_exchange& with(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
  }

  std::string_view method() const override { return method_; }
  std::string_view target() const override { return target_; }
  std::string_view body() const override { return body_; }
  std::string_view header(std::string_view name) const override {
    const auto found =
        std::find_if(headers_.begin(), headers_.end(), [&](const auto& h) { return same(h.first, name); });
    return found == headers_.end() ? std::string_view{} : std::string_view(found->second);
  }
  size_t header_count(std::string_view name) const override {
    return static_cast<size_t>(
        std::count_if(headers_.begin(), headers_.end(), [&](const auto& h) { return same(h.first, name); }));
  }
  std::string remote_address() const override { return "192.0.2.1"; }
  void respond(http::response answer) override {
    if (answers++ == 0)
      answer_ = std::move(answer);
  }

  std::shared_ptr<http::stream> respond_streaming(http::response head) override {
    if (answers++ > 0)
      return nullptr;
    answer_ = std::move(head);
    return streamed = std::make_shared<fake_stream>();
  }

  int answers = 0;
  std::shared_ptr<fake_stream> streamed; ///< null if it is answered in one piece

  const http::response& answer() const {
    BOOST_REQUIRE_MESSAGE(answers > 0, "no answer to " << method_ << " " << target_);
    return answer_;
  }
  int status() const { return answer().status; }
  rapidjson::Document json() const {
    rapidjson::Document document;
    document.Parse(answer().body);
    BOOST_REQUIRE_MESSAGE(!document.HasParseError(), answer().body);
    return document;
  }
  /// The stable code of a problem.
  std::string code() const {
    const auto problem = json();
    BOOST_REQUIRE(problem.HasMember("code"));
    return problem["code"].GetString();
  }
  /// A header of the answer, "" if it has none.
  std::string sent(std::string_view name) const {
    for (const auto& [key, value] : answer().headers)
      if (key == name)
        return value;
    return {};
  }

private:
  static bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
             return std::tolower(x) == std::tolower(y);
           });
  }

  std::string method_, target_, body_;
  std::vector<std::pair<std::string, std::string>> headers_;
  http::response answer_;
};

inline std::shared_ptr<fake_exchange> a_request(std::string method, std::string target, std::string body = {}) {
  return std::make_shared<fake_exchange>(std::move(method), std::move(target), std::move(body));
}

} // namespace trunkline::tests

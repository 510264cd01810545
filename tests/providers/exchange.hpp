#pragma once

#include "providers/http_client.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

namespace trunkline::tests {

inline std::future<providers::http_outcome> begin(providers::http_client& client, providers::http_request request) {
  auto promise = std::make_shared<std::promise<providers::http_outcome>>();
  client.start(std::move(request), [promise](providers::http_outcome got) { promise->set_value(std::move(got)); });
  return promise->get_future();
}

inline providers::http_outcome end_of(std::future<providers::http_outcome>& asked) {
  BOOST_REQUIRE(asked.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  return asked.get();
}

inline providers::http_outcome ask(providers::http_client& client, providers::http_request request) {
  auto asked = begin(client, std::move(request));
  return end_of(asked);
}

inline providers::http_request get(std::string url) { return {.url = std::move(url)}; }

inline providers::http_request post(std::string url, std::string body = "To=%2B15551234567") {
  return {.url = std::move(url), .method = providers::http_method::post, .body = std::move(body)};
}

/// "200", "unknown", "not sent: no_room"
inline std::string word(const providers::http_outcome& got) {
  using cause = providers::not_sent::cause;
  static const std::map<cause, std::string> causes = {{cause::no_connection, "no_connection"},
                                                      {cause::forbidden_address, "forbidden_address"},
                                                      {cause::held_back, "held_back"},
                                                      {cause::no_room, "no_room"},
                                                      {cause::stopped, "stopped"},
                                                      {cause::malformed, "malformed"}};
  if (const auto* answer = std::get_if<providers::answered>(&got.what))
    return std::to_string(answer->status);
  if (const auto* left = std::get_if<providers::not_sent>(&got.what))
    return "not sent: " + causes.at(left->why);
  return "unknown";
}

inline const providers::answered& answer_in(const providers::http_outcome& got) {
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<providers::answered>(got.what), word(got));
  return std::get<providers::answered>(got.what);
}

} // namespace trunkline::tests

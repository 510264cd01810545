#pragma once

#include "providers/http_client.hpp"

#include <curl/curl.h>

#include <chrono>
#include <memory>

namespace trunkline::providers {

struct curl_deleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// One request on its way through libcurl.
struct transfer {
  transfer(http_request what, http_client::callback then) : request(std::move(what)), done(std::move(then)) {}

  std::chrono::steady_clock::time_point expires() const { return begun + request.deadline; }

  const http_request request;
  http_client::callback done;
  const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

  std::unique_ptr<CURL, curl_deleter> easy;
  std::unique_ptr<curl_slist, curl_deleter> headers;
  size_t given = 0; ///< bytes of the body that libcurl has taken
  size_t head = 0;  ///< bytes of the answer's head
  answered answer;
  bool held_back = false;
  bool connected_somewhere = false, refused_somewhere = false; ///< addresses that were tried, or may not be
};

/// What is wrong with the request, if anything: header names and values could end their line or change the framing.
std::optional<std::string> why_malformed(const http_request& request);

/// Makes the easy handle, to be used until the transfer's deadline; false when libcurl does not take the settings.
bool prepare(transfer& one, const http_client_options& options);

/// What has become of a transfer that libcurl ended with `code`.
http_outcome judge(transfer& one, CURLcode code);

/// Calls back, once.
void finish(transfer& one, http_outcome outcome);
void finish(transfer& one, not_sent why);

} // namespace trunkline::providers

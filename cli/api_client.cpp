#include "cli/api_client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace trunkline::cli {

namespace {

constexpr size_t longest_answer = 64 * 1024 * 1024;

size_t take(const char* bytes, size_t, size_t count, void* to) {
  auto& text = *static_cast<std::string*>(to);
  if (text.size() + count > longest_answer)
    return 0;
  text.append(bytes, count);
  return count;
}

struct header_list {
  curl_slist* all = nullptr;

  header_list() = default;
  ~header_list() { curl_slist_free_all(all); }
  header_list(const header_list&) = delete;
  header_list& operator=(const header_list&) = delete;
  void add(const std::string& line) { all = curl_slist_append(all, line.c_str()); }
};

} // namespace

core::expected<http_answer> api_client::ask(const std::string& method, const std::string& path, const std::string& body,
                                            std::chrono::milliseconds patience) const {
  const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle)
    return core::fail(core::ec::internal_error, "No HTTP client can be made.");
  header_list headers;
  if (!key_.empty())
    headers.add("Authorization: Bearer " + key_.reveal());
  if (!body.empty())
    headers.add("Content-Type: application/json");
  headers.add("Expect:");
  const auto url = base_ + path;
  http_answer answer;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(handle.get(), CURLOPT_PROXY, ""); // the node is near, and the key is nobody else's
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.all);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer.body);
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  const auto result = curl_easy_perform(handle.get());
  if (result == CURLE_COULDNT_CONNECT)
    return core::fail(core::ec::not_ready, fmt::format("Nobody listens at {}.", base_));
  if (result != CURLE_OK)
    return core::fail(core::ec::overloaded, fmt::format("{} does not answer: {}.", base_, curl_easy_strerror(result)));
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

} // namespace trunkline::cli

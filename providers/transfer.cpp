#include "providers/transfer.hpp"

#include "config/log.hpp"
#include "providers/public_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

// libcurl sends a POST a second time, silently, when a kept connection dies after the request and before the answer:
// the server may have processed the first one. There is no switch for it (measured with 7.88.1; curl#18417). So a body
// is read from us piece by piece and cannot be read again: what would have been the second POST is
// CURLE_SEND_FAIL_REWIND, whose outcome is unknown. A POST without a body has nothing to read again, so it never goes
// over a kept connection.

namespace trunkline::providers {

namespace {

constexpr size_t largest_head = 64 * 1024;

transfer& of(void* user) { return *static_cast<transfer*>(user); }

bool may_send(transfer& one) noexcept {
  try {
    if (!one.request.may_send || one.request.may_send())
      return true;
  } catch (const std::exception& problem) {
    log::error(log::no_request, "http: may_send failed: {}", problem.what());
  }
  one.held_back = true;
  return false;
}

// -- what libcurl calls: nothing may be thrown through it
// --------------------------------------------------------------

int before_request(void* user, char*, char*, int, int) noexcept {
  return may_send(of(user)) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

size_t read_body(char* to, size_t size, size_t count, void* user) noexcept {
  auto& one = of(user);
  const auto& body = one.request.body;
  if (one.given == body.size())
    return 0;
  if (!may_send(one))
    return CURL_READFUNC_ABORT;
  const auto piece = std::min(size * count, body.size() - one.given);
  body.copy(to, piece, one.given);
  one.given += piece;
  return piece;
}

int never_seek(void*, curl_off_t, int) noexcept { return CURL_SEEKFUNC_FAIL; }

/// Twilio's ids are letters and digits; nothing else gets into the log.
std::string clean_id(std::string_view text) {
  constexpr size_t longest = 64;
  std::string out;
  for (const char c : text.substr(0, longest))
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
      out += c;
  return out;
}

size_t take_header(char* data, size_t size, size_t count, void* user) noexcept {
  constexpr std::string_view id = "Twilio-Request-Id:";
  auto& one = of(user);
  const std::string_view line(data, size * count);
  one.head += line.size();
  if (one.head > largest_head)
    return 0;
  if (line.size() > id.size() && ::strncasecmp(line.data(), id.data(), id.size()) == 0)
    one.answer.request_id = clean_id(line.substr(id.size()));
  return line.size();
}

size_t take_body(char* data, size_t size, size_t count, void* user) noexcept {
  auto& one = of(user);
  const auto length = size * count;
  const auto room = one.request.largest_answer - one.answer.body.size();
  one.answer.body.append(data, std::min(length, room));
  one.answer.cut = length > room;
  return one.answer.cut ? 0 : length;
}

/// The only place where a customer's server is connected to: what a name means now is what counts.
curl_socket_t open_public(void* user, curlsocktype, curl_sockaddr* where) noexcept {
  auto& one = of(user);
  if (!is_public(&where->addr, where->addrlen)) {
    one.refused_somewhere = true;
    return CURL_SOCKET_BAD;
  }
  one.connected_somewhere = true;
  return ::socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

// -- settings ---------------------------------------------------------------------------------------------------------

class settings {
public:
  explicit settings(CURL* easy) : easy_(easy) {}

  template <class T>
  settings& set(CURLoption option, T value) {
    if (result_ == CURLE_OK)
      result_ = curl_easy_setopt(easy_, option, value);
    return *this;
  }
  settings& number(CURLoption option, int64_t value) { return set(option, static_cast<long>(value)); }
  bool good() const { return result_ == CURLE_OK; }

private:
  CURL* easy_;
  CURLcode result_ = CURLE_OK;
};

void set_limits(settings& to, transfer& one, const http_client_options& options) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(one.expires() - std::chrono::steady_clock::now());
  to.number(CURLOPT_TIMEOUT_MS, std::max<int64_t>(1, left.count())); // 0 would be for ever
  to.number(CURLOPT_CONNECTTIMEOUT_MS, options.connect_deadline.count());
  to.number(CURLOPT_LOW_SPEED_LIMIT, 1).number(CURLOPT_LOW_SPEED_TIME, options.stall.count());
  to.number(CURLOPT_MAXAGE_CONN, 60).number(CURLOPT_TCP_KEEPALIVE, 1);
  to.number(CURLOPT_NOSIGNAL, 1);
  to.number(CURLOPT_QUICK_EXIT, 1); // a name that is still being looked up must not stop the thread
}

void set_narrow(settings& to, transfer& one, const http_client_options& options) {
  to.set(CURLOPT_PROTOCOLS_STR, options.only_public ? "https" : "http,https");
  to.number(CURLOPT_FOLLOWLOCATION, 0).set(CURLOPT_PROXY, "").number(CURLOPT_NETRC, CURL_NETRC_IGNORED);
  to.number(CURLOPT_DISALLOW_USERNAME_IN_URL, 1);
  to.number(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1); // what is said above of POSTs is measured with this one
  to.number(CURLOPT_SSL_VERIFYPEER, 1).number(CURLOPT_SSL_VERIFYHOST, 2);
  to.number(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!options.ca_file.empty())
    to.set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (options.only_public)
    to.set(CURLOPT_OPENSOCKETFUNCTION, &open_public).set(CURLOPT_OPENSOCKETDATA, &one);
}

void set_request(settings& to, transfer& one) {
  const auto& request = one.request;
  to.set(CURLOPT_URL, request.url.c_str()).set(CURLOPT_USERAGENT, "Trunkline/" TRUNKLINE_VERSION);
  to.set(CURLOPT_PREREQFUNCTION, &before_request).set(CURLOPT_PREREQDATA, &one);
  if (!request.user.empty())
    to.number(CURLOPT_HTTPAUTH, CURLAUTH_BASIC)
        .set(CURLOPT_USERNAME, request.user.c_str())
        .set(CURLOPT_PASSWORD, request.password.reveal().c_str());
  if (request.method != http_method::post)
    return;
  to.number(CURLOPT_POST, 1).set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  to.set(CURLOPT_READFUNCTION, &read_body).set(CURLOPT_READDATA, &one).set(CURLOPT_SEEKFUNCTION, &never_seek);
  to.number(CURLOPT_FRESH_CONNECT, request.body.empty() ? 1 : 0);
}

void set_answer(settings& to, transfer& one) {
  to.set(CURLOPT_HEADERFUNCTION, &take_header).set(CURLOPT_HEADERDATA, &one);
  to.set(CURLOPT_WRITEFUNCTION, &take_body).set(CURLOPT_WRITEDATA, &one);
}

bool append(std::unique_ptr<curl_slist, curl_deleter>& list, const std::string& line) {
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr)
    return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

bool set_headers(settings& to, transfer& one) {
  bool good = append(one.headers, "Expect:"); // no waiting for "100 Continue"
  for (const auto& [name, value] : one.request.headers)
    good = good && append(one.headers, value.empty() ? name + ';' : fmt::format("{}: {}", name, value));
  to.set(CURLOPT_HTTPHEADER, one.headers.get());
  return good;
}

// -- outcomes ---------------------------------------------------------------------------------------------------------

int64_t info(const transfer& one, CURLINFO what) {
  long value = 0;
  curl_easy_getinfo(one.easy.get(), what, &value);
  return value;
}

answered take_answer(transfer& one, int status) {
  auto out = std::move(one.answer);
  out.status = status;
  const char* type = nullptr;
  if (curl_easy_getinfo(one.easy.get(), CURLINFO_CONTENT_TYPE, &type) == CURLE_OK && type != nullptr)
    out.content_type = type;
  curl_off_t seconds = 0; // 0 when there is no such header
  if (curl_easy_getinfo(one.easy.get(), CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
    out.retry_after = std::chrono::seconds(seconds);
  return out;
}

bool is_token(std::string_view name) {
  static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_ours(const std::string& name) {
  constexpr std::array ours = {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect"};
  return std::any_of(ours.begin(), ours.end(), [&](const char* own) { return ::strcasecmp(own, name.c_str()) == 0; });
}

} // namespace

std::optional<std::string> why_malformed(const http_request& request) {
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || is_ours(name))
      return "a header has a name that is not allowed";
    if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; }))
      return "a header has a control character in its value";
  }
  if (request.method == http_method::get && !request.body.empty())
    return "a GET has no body";
  return std::nullopt;
}

bool prepare(transfer& one, const http_client_options& options) {
  one.easy.reset(curl_easy_init());
  if (!one.easy)
    return false;
  settings to(one.easy.get());
  set_limits(to, one, options);
  set_narrow(to, one, options);
  set_request(to, one);
  set_answer(to, one);
  return set_headers(to, one) && to.good();
}

http_outcome judge(transfer& one, CURLcode code) {
  const auto status = info(one, CURLINFO_RESPONSE_CODE);
  const bool complete = code == CURLE_OK || (code == CURLE_WRITE_ERROR && one.answer.cut);
  if (complete && status >= 200)
    return {take_answer(one, static_cast<int>(status))};
  if (one.held_back) // a body is missing at least, and no server processes half a request
    return {not_sent{not_sent::cause::held_back, "held back"}};
  if (info(one, CURLINFO_REQUEST_SIZE) > 0)
    return {fate_unknown{code == CURLE_OK ? "no status" : curl_easy_strerror(code)}};
  if (one.refused_somewhere && !one.connected_somewhere)
    return {not_sent{not_sent::cause::forbidden_address, "no public address"}};
  return {not_sent{not_sent::cause::no_connection, curl_easy_strerror(code)}};
}

void finish(transfer& one, http_outcome outcome) {
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - one.begun);
  try {
    one.done(std::move(outcome));
  } catch (const std::exception& problem) { // whoever asked is to blame, and others are still waiting
    log::error(log::no_request, "http: an outcome could not be delivered: {}", problem.what());
  }
}

void finish(transfer& one, not_sent why) { finish(one, http_outcome{std::move(why)}); }

} // namespace trunkline::providers

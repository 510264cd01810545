#include "providers/customer_url.hpp"

#include "providers/public_address.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace trunkline::providers {

namespace {

constexpr size_t longest_url = 2'048;

struct url_deleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

tl::unexpected<core::error> refuse(std::string detail) {
  return core::fail(core::ec::invalid_configuration, std::move(detail));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

/// "" if there is none.
std::string part(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, flags) != CURLUE_OK)
    return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return owned.get();
}

/// Whether the URL says literally "scheme://host" and then goes on with a port, a path or nothing.
bool is_written_so(std::string_view url, const std::string& scheme, const std::string& host) {
  const auto begin = scheme + "://" + lower(host);
  if (!lower(url).starts_with(begin))
    return false;
  return url.size() == begin.size() || std::string_view(":/?#").find(url[begin.size()]) != std::string_view::npos;
}

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool has_digits_alone_at_its_end(std::string_view name) {
  const auto label = name.substr(name.rfind('.') + 1);
  return std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; }) ||
         label.starts_with("0x");
}

/// What is wrong with a host, in words; "" if nothing is.
std::string_view problem_of(const std::string& host) {
  if (const auto address = parse_address(host))
    return is_public(*address) ? "" : "The URL must not lead into a private network.";
  if (host.find('.') == std::string::npos || host.ends_with('.') || has_digits_alone_at_its_end(host))
    return "The URL must have a full host name, for example hooks.example.com.";
  return "";
}

bool has_port_of(std::string_view port, const customer_url_rule& rule) {
  uint16_t number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  return std::find(rule.ports.begin(), rule.ports.end(), number) != rule.ports.end();
}

} // namespace

core::expected<customer_url> read_customer_url(std::string_view url, const customer_url_rule& rule) {
  if (url.empty() || url.size() > longest_url || !is_plain_ascii(url))
    return refuse("The URL must have 1 to 2048 printable ASCII characters without spaces.");
  const std::unique_ptr<CURLU, url_deleter> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return refuse("The URL is not valid, or has a user in it.");
  const auto scheme = part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "https" && !(rule.allow_private && scheme == "http"))
    return refuse("The URL must begin with https://.");
  const auto written = part(parsed.get(), CURLUPART_HOST);
  if (!is_written_so(url, scheme, written))
    return refuse("The URL must have its host written out.");
  auto host = lower(written);
  if (host.starts_with('['))
    host = host.substr(1, host.size() - 2);
  if (!rule.allow_private) {
    if (const auto problem = problem_of(host); !problem.empty())
      return refuse(std::string(problem));
    if (!has_port_of(part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT), rule))
      return refuse("The URL must have no port, or 8443.");
  }
  return customer_url{part(parsed.get(), CURLUPART_URL), std::move(host)};
}

} // namespace trunkline::providers

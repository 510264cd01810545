#include "config/values.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace trunkline::config {

namespace {

bool is_address(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

bool is_loopback_host(std::string_view host) {
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

/// "host:port", "[v6]:port"; brackets are taken off.
std::optional<std::pair<std::string, std::string_view>> split_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find("]:");
    if (end == std::string_view::npos)
      return std::nullopt;
    return std::pair(std::string(text.substr(1, end - 1)), text.substr(end + 2));
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return std::nullopt;
  return std::pair(std::string(text.substr(0, colon)), text.substr(colon + 1));
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
         });
}

} // namespace

bool endpoint::is_loopback() const { return is_loopback_host(host); }

bool endpoint::is_private() const {
  if (is_loopback())
    return true;
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) // fc00::/7, fe80::/10
    return (v6.s6_addr[0] & 0xfe) == 0xfc || (v6.s6_addr[0] == 0xfe && (v6.s6_addr[1] & 0xc0) == 0x80);
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) != 1)
    return false;
  const auto bits = ntohl(v4.s_addr);
  const auto within = [bits](uint32_t network, int length) {
    return bits >> (32 - length) == network >> (32 - length);
  };
  return within(0x0A000000, 8) || within(0xAC100000, 12) || within(0xC0A80000, 16) || within(0x64400000, 10) ||
         within(0xA9FE0000, 16);
}

std::string to_string(const endpoint& where) {
  const bool v6 = where.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", where.host, v6 ? "]" : "", where.port);
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  auto parts = split_port(text);
  if (!parts)
    return std::nullopt;
  auto& [host, port_text] = *parts;
  if (host == "localhost")
    host = "127.0.0.1";
  const auto port = parse_integer(port_text, 0, 65535);
  if (!port || !is_address(host) || (text.starts_with('[') != (host.find(':') != std::string::npos)))
    return std::nullopt;
  return endpoint{std::move(host), static_cast<uint16_t>(*port)};
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true")
    return true;
  return text == "false" ? std::optional(false) : std::nullopt;
}

std::optional<int64_t> parse_integer(std::string_view text, int64_t lowest, int64_t highest) {
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || problem != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value >= lowest && value <= highest ? std::optional(value) : std::nullopt;
}

bool base_url::is_loopback() const {
  return is_loopback_host(host.starts_with('[') ? std::string_view(host).substr(1, host.size() - 2)
                                                : std::string_view(host));
}

std::string_view base_of(std::string_view url) {
  const auto host = url.find("://");
  return host == std::string_view::npos ? url : url.substr(0, url.find_first_of("/?", host + 3));
}

std::optional<base_url> parse_base_url(std::string_view text) {
  base_url url;
  if (text.starts_with("https://"))
    url.https = true;
  else if (!text.starts_with("http://"))
    return std::nullopt;
  auto rest = text.substr(url.https ? 8 : 7);
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  const auto end_of_host = rest.starts_with('[') ? rest.find(']') + 1 : std::min(rest.find(':'), rest.size());
  url.host = rest.substr(0, end_of_host);
  const auto port = rest.substr(end_of_host);
  const bool v6 = url.host.starts_with('[');
  if (v6 ? !is_address(url.host.substr(1, url.host.size() - 2)) : !is_host_name(url.host))
    return std::nullopt;
  if (!port.empty() && (port.front() != ':' || !parse_integer(port.substr(1), 1, 65535)))
    return std::nullopt;
  url.text = fmt::format("{}://{}", url.https ? "https" : "http", rest);
  return url;
}

} // namespace trunkline::config

#include "twilio/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace trunkline::twilio {

namespace {

auto refuse(std::string_view why) {
  // The text itself is not repeated: it may carry a password.
  return core::fail(core::ec::invalid_configuration,
                    fmt::format("Not a usable public URL: {}. Use for example https://gateway.example.com.", why));
}

bool is_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= 1 && value <= 65535;
}

bool is_host(std::string_view text) {
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed)
    text = text.substr(1, text.size() - 2);
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [bracketed](char c) {
    const bool hex_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return bracketed ? hex_digit || c == ':' || c == '.' : hex_digit || letter || c == '-' || c == '.' || c == '_';
  });
}

/// Takes what is in front of the delimiter off the text, delimiter and all; empty if there is none.
std::string_view take_until(std::string_view& text, size_t delimiter, size_t delimiter_size) {
  if (delimiter == std::string_view::npos)
    return {};
  const auto front = text.substr(0, delimiter);
  text.remove_prefix(delimiter + delimiter_size);
  return front;
}

} // namespace

core::expected<public_url> public_url::parse(std::string_view text) {
  constexpr std::array<std::string_view, 4> schemes = {"https", "http", "wss", "ws"};
  constexpr size_t longest = 2048;
  const auto is_odd = [](char c) { return c <= ' ' || c > '~' || c == '?' || c == '#' || c == '\\'; };
  if (text.size() > longest || std::any_of(text.begin(), text.end(), is_odd))
    return refuse("it is too long or has a query, a fragment, a space or a character that is not ASCII");
  public_url url;
  url.scheme = take_until(text, text.find("://"), 3);
  if (std::find(schemes.begin(), schemes.end(), url.scheme) == schemes.end())
    return refuse("it must begin with https:// or http://");
  auto authority = text.substr(0, text.find('/'));
  url.base = text.substr(authority.size());
  while (url.base.ends_with('/'))
    url.base.pop_back();
  url.userinfo = take_until(authority, authority.rfind('@'), 1);
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    url.port = authority.substr(colon + 1);
    if (!is_port(url.port))
      return refuse("the port is not a number from 1 to 65535");
    authority = authority.substr(0, colon);
  }
  if (!is_host(authority))
    return refuse("the host is missing or misshapen");
  url.host = authority;
  return url;
}

std::string public_url::str() const {
  return fmt::format("{}://{}{}{}{}{}{}", scheme, userinfo, userinfo.empty() ? "" : "@", host, port.empty() ? "" : ":",
                     port, base);
}

} // namespace trunkline::twilio

#include "sim/webhook_target.hpp"

#include <charconv>

namespace trunkline::sim {

namespace {

/// Whether `url` is `base` or below it; "http://h:80" is no base of "http://h:8080/".
bool is_below(std::string_view url, std::string_view base) {
  if (base.empty() || !url.starts_with(base))
    return false;
  const auto rest = url.substr(base.size());
  return rest.empty() || rest[0] == '/' || rest[0] == '?';
}

std::string_view without_slash(std::string_view base) {
  while (base.ends_with('/'))
    base.remove_suffix(1);
  return base;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

} // namespace

tl::expected<webhook_target, std::string> resolve_target(std::string_view url, const gateway_address& known) {
  url = url.substr(0, url.find('#')); // Twilio's connection overrides, never sent and never signed
  const auto gateway = without_slash(known.gateway), public_url = without_slash(known.public_url);
  webhook_target target;
  std::string reached(url);
  target.signed_url = url;
  if (is_below(url, public_url))
    reached = std::string(gateway) + std::string(url.substr(public_url.size()));
  else if (!public_url.empty() && is_below(url, gateway))
    target.signed_url = std::string(public_url) + std::string(url.substr(gateway.size()));

  constexpr std::string_view http = "http://";
  if (!reached.starts_with(http))
    return tl::make_unexpected(std::string("only http:// URLs on this machine, or below the public URL, are called"));
  std::string_view rest = std::string_view(reached).substr(http.size());
  const auto path = rest.find_first_of("/?");
  auto authority = rest.substr(0, path);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  const auto colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  target.host = authority.substr(0, colon);
  if (!is_loopback(target.host))
    return tl::make_unexpected(std::string("only loopback hosts are called"));
  if (colon != std::string_view::npos) {
    const auto port = authority.substr(colon + 1);
    const auto [stop, failure] = std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (failure != std::errc() || stop != port.data() + port.size() || target.port == 0)
      return tl::make_unexpected(std::string("the port is not valid"));
  }
  target.path = path == std::string_view::npos ? "/" : std::string(rest.substr(path));
  if (target.path[0] == '?')
    target.path.insert(0, 1, '/');
  if (target.path.find_first_of(" \r\n\t") != std::string::npos)
    return tl::make_unexpected(std::string("the URL contains white space"));
  return target;
}

} // namespace trunkline::sim

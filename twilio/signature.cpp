#include "twilio/signature.hpp"

#include "twilio/hmac_sha1.hpp"

#include <sodium.h>

#include <algorithm>

namespace trunkline::twilio {

// Twilio's back ends do not agree with each other on how they write down the URL they have just called: one drops the
// port, another keeps it, a third adds the default one; credentials in the URL come and go. What they sign is one
// string without separators, URL + name + value + name + value..., so there is nothing to compare but the whole. We
// therefore hash each way of writing our own configured address (never the Host header, which the caller chooses) in
// front of the same tail, and take the first that matches. A good request normally matches at the first.

namespace {

constexpr size_t signature_characters = 28; // base64 of 20 bytes
constexpr size_t sha256_hex_characters = 64;
using signature_text = std::array<char, signature_characters + 1>;

bool is_websocket(std::string_view scheme) { return scheme == "wss" || scheme == "ws"; }
bool is_tls(std::string_view scheme) { return scheme == "https" || scheme == "wss"; }

/// A parameter with the first eight bytes of its name as a number, which decides most comparisons in one step.
struct sortable {
  uint64_t head = 0;
  const form::field* field;

  explicit sortable(const form::field& f) : field(&f) {
    for (size_t i = 0; i < sizeof head; ++i)
      head = head << 8 | (i < f.name.size() ? static_cast<unsigned char>(f.name[i]) : 0u);
  }

  friend bool operator<(const sortable& a, const sortable& b) {
    if (a.head != b.head)
      return a.head < b.head;
    const int order = a.field->name.compare(b.field->name);
    return order != 0 ? order < 0 : a.field->value < b.field->value;
  }
  friend bool operator==(const sortable& a, const sortable& b) {
    return a.head == b.head && a.field->name == b.field->name && a.field->value == b.field->value;
  }
};

/// In the order of the signed string, by name and then by value; Twilio signs equal pairs once.
void append_params(std::string& out, std::span<const form::field> params) {
  std::vector<sortable> sorted(params.begin(), params.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (const auto& each : sorted)
    (out += each.field->name) += each.field->value;
}

bool to_signature(std::string_view key, std::span<const std::string_view> parts, signature_text& out) {
  const auto mac = hmac_sha1(key, parts);
  if (!mac)
    return false;
  sodium_bin2base64(out.data(), out.size(), mac->data(), mac->size(), sodium_base64_VARIANT_ORIGINAL);
  return true;
}

/// Gives `matches` everything in front of the path that Twilio may have written for this address, the likeliest first,
/// until it says true.
template <class Matches>
bool any_origin(const public_url& address, std::string_view scheme, Matches matches) {
  const std::string_view default_port = is_tls(scheme) ? "443" : "80";
  const std::string_view own_port = address.port == default_port ? "" : std::string_view(address.port);
  std::string origin;
  const auto matches_with = [&](std::string_view userinfo, std::string_view port) {
    origin.assign(scheme).append("://").append(userinfo).append(userinfo.empty() ? "" : "@").append(address.host);
    origin.append(port.empty() ? "" : ":").append(port);
    return matches(origin);
  };
  const auto matches_any_port = [&](std::string_view userinfo) {
    return (!own_port.empty() && matches_with(userinfo, own_port)) || matches_with(userinfo, "") ||
           matches_with(userinfo, default_port);
  };
  return matches_any_port("") || (!address.userinfo.empty() && matches_any_port(address.userinfo));
}

/// The value of bodySHA256 in the query of a target, if it is there exactly once.
std::string_view body_sha256_of(std::string_view target) {
  constexpr std::string_view name = "bodySHA256=";
  std::string_view found;
  auto rest = target.substr(std::min(target.find('?'), target.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1); // '?' or '&'
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(pair.size());
    if (!pair.starts_with(name))
      continue;
    if (!found.empty())
      return {};
    found = pair.substr(name.size());
  }
  return found;
}

bool body_hash_is_right(const signed_request& request) {
  const auto claimed = body_sha256_of(request.target);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(request.raw_body.data()),
                     request.raw_body.size());
  std::array<char, sha256_hex_characters + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return claimed.size() == sha256_hex_characters && sodium_memcmp(claimed.data(), hex.data(), claimed.size()) == 0;
}

/// What may follow the origin in the signed string. Twilio's own relay client signs a websocket URL without its query
/// and appends the query's parameters as if they were a form.
std::vector<std::string> tails(const signed_request& request, bool websocket) {
  std::vector<std::string> out;
  auto& as_received = out.emplace_back();
  as_received.reserve(2048);
  (as_received += request.address->base) += request.target;
  if (request.kind == body_kind::form)
    append_params(as_received, request.params);
  if (const auto query = request.target.find('?'); websocket && query != std::string_view::npos) {
    if (const auto params = form::parse(request.target.substr(query + 1))) {
      auto& as_params = out.emplace_back(request.address->base);
      as_params += request.target.substr(0, query);
      append_params(as_params, params->fields());
    }
  }
  return out;
}

std::string_view scheme_of(const signed_request& request) {
  const std::string_view scheme = request.address->scheme;
  if (request.kind != body_kind::websocket || is_websocket(scheme))
    return scheme;
  return scheme == "https" ? "wss" : "ws";
}

bool any_key_signed(std::span<const core::secret> auth_tokens, std::string_view origin, std::string_view tail,
                    std::string_view signature) {
  const std::array<std::string_view, 2> parts = {origin, tail};
  for (const auto& token : auth_tokens) {
    signature_text expected;
    if (!token.empty() && to_signature(token.reveal(), parts, expected) &&
        sodium_memcmp(expected.data(), signature.data(), signature_characters) == 0)
      return true;
  }
  return false;
}

} // namespace

std::string sign(const core::secret& auth_token, std::string_view url, std::span<const form::field> params) {
  std::string text(url);
  append_params(text, params);
  return sign(auth_token, text);
}

std::string sign(const core::secret& auth_token, std::string_view url) {
  signature_text out;
  if (!to_signature(auth_token.reveal(), {&url, 1}, out))
    return {};
  return {out.data(), signature_characters};
}

bool verify(const signed_request& request, std::span<const core::secret> auth_tokens) {
  if (request.address == nullptr || request.signature.size() != signature_characters)
    return false;
  if (request.kind == body_kind::json && !body_hash_is_right(request))
    return false;
  const auto scheme = scheme_of(request);
  const auto all_tails = tails(request, is_websocket(scheme));
  return any_origin(*request.address, scheme, [&](std::string_view origin) {
    return std::any_of(all_tails.begin(), all_tails.end(), [&](const std::string& tail) {
      return any_key_signed(auth_tokens, origin, tail, request.signature);
    });
  });
}

} // namespace trunkline::twilio

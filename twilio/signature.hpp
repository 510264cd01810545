#pragma once

#include "core/secret.hpp"
#include "twilio/form.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace trunkline::twilio {

/// The public address that Twilio knows us by, taken apart once at start: "https://gw.example.com:8443/base".
struct public_url {
  std::string scheme;   ///< "https", "http", "wss", "ws"
  std::string userinfo; ///< "user:pass" or ""
  std::string host;     ///< as configured; IPv6 in brackets
  std::string port;     ///< "" if the URL has none
  std::string base;     ///< path prefix without a trailing slash, usually ""; a proxy has taken it off the target

  /// ec::invalid_configuration, saying what is wrong without repeating the text.
  static core::expected<public_url> parse(std::string_view text);
  std::string str() const; ///< with the userinfo: not for logs
};

/// base64(HMAC-SHA1(token, url + sorted name/value pairs)): what X-Twilio-Signature carries. FACTS 1.1.
std::string sign(const core::secret& auth_token, std::string_view url, std::span<const form::field> params);

/// The same for a JSON body: the URL already ends in bodySHA256=..., nothing is appended.
std::string sign(const core::secret& auth_token, std::string_view url);

/// `none` is a GET; `websocket` an upgrade, which Twilio signs as wss: or ws:, and with the query in either of two
/// forms.
enum class body_kind : uint8_t { form, json, none, websocket };

/// A request as it came in, with what Twilio can have signed of it.
struct signed_request {
  const public_url* address = nullptr;
  std::string_view target; ///< raw request target, "/hooks/k7/voice?x=1"
  body_kind kind = body_kind::form;
  std::span<const form::field> params; ///< of a form body
  std::string_view raw_body;           ///< of a JSON body: bodySHA256 in the target must be its SHA-256
  std::string_view signature;          ///< header value; "" if missing
};

/// True if any of the keys made the signature over any of the URLs Twilio may have used (FACTS 1.3: without port, with
/// the explicit port, with the default port; without, then with userinfo). Constant time in the comparison; an empty or
/// malformed signature and an empty key are never right.
bool verify(const signed_request& request, std::span<const core::secret> auth_tokens);

} // namespace trunkline::twilio

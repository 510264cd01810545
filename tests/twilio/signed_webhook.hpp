#pragma once

#include "twilio/signature.hpp"

#include <string>
#include <vector>

namespace trunkline::tests {

/// Origin and target of a URL as it is written in the vectors.
struct split_url {
  explicit split_url(const std::string& url) {
    const auto path = url.find('/', url.find("://") + 3);
    address = twilio::public_url::parse(url.substr(0, path)).value();
    target = path == std::string::npos ? "" : url.substr(path);
  }

  twilio::public_url address;
  std::string target;
};

/// A webhook that can be tampered with before it is checked.
struct signed_webhook {
  std::string url = "https://gw.example.com/hooks/k7/voice";
  twilio::body_kind kind = twilio::body_kind::form;
  std::string body, signature;
  std::vector<std::string> auth_tokens = {"0123456789abcdef0123456789abcdef"};

  /// Parsed and verified as at the door: what cannot be parsed is refused.
  bool accepted() const {
    const split_url at(url);
    const auto params = twilio::form::parse(kind == twilio::body_kind::form ? body : "");
    if (!params)
      return false;
    twilio::signed_request request;
    request.address = &at.address;
    request.target = at.target;
    request.kind = kind;
    request.params = params->fields();
    request.raw_body = body;
    request.signature = signature;
    std::vector<core::secret> keys;
    for (const auto& token : auth_tokens)
      keys.emplace_back(token);
    return twilio::verify(request, keys);
  }

  /// Signs what it now is, as Twilio would.
  void sign_with(const std::string& auth_token) { sign_as(url, auth_token); }

  void sign_as(const std::string& signed_url, const std::string& auth_token) {
    const auto params = twilio::form::parse(kind == twilio::body_kind::form ? body : "");
    signature = twilio::sign(core::secret(auth_token), signed_url, params.value().fields());
  }
};

using pairs = std::vector<std::pair<std::string, std::string>>;

inline const std::string voice_token = "0123456789abcdef0123456789abcdef";

inline const pairs voice_params = {{"AccountSid", "AC0123456789abcdef0123456789abcdef"},
                                   {"ApiVersion", "2010-04-01"},
                                   {"CallSid", "CA0123456789abcdef0123456789abcdef"},
                                   {"CallStatus", "ringing"},
                                   {"Direction", "inbound"},
                                   {"From", "+15005550001"},
                                   {"FromCity", "SAN FRANCISCO"},
                                   {"To", "+15005550006"}};

inline signed_webhook voice_webhook() {
  signed_webhook out;
  out.body = twilio::form_encode(voice_params);
  out.sign_with(voice_token);
  return out;
}

} // namespace trunkline::tests

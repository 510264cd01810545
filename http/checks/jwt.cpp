#include "http/checks/jwt.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <jwt/jwt.hpp>
#include <limits>
#include <memory>

namespace trunkline::http::checks {

namespace {

auto refuse(std::string detail) { return core::fail(core::ec::invalid_configuration, std::move(detail)); }

/// EVP_PKEY_NONE if it is no public key in PEM form.
int type_of_key(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                       &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      text ? PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr) : nullptr, &EVP_PKEY_free);
  return key ? EVP_PKEY_base_id(key.get()) : EVP_PKEY_NONE;
}

std::string text_claim(const nlohmann::json& claims, const char* name) {
  const auto found = claims.find(name);
  return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Seconds since 1970; 0 if there is none that makes sense.
int64_t expiry(const nlohmann::json& claims) {
  const auto found = claims.find("exp");
  if (found == claims.end() || !found->is_number())
    return 0;
  const auto seconds = found->get<double>();
  constexpr double latest = 9e15; // in milliseconds it is still a 64-bit number
  return seconds > 0 && seconds < latest ? static_cast<int64_t>(seconds) : 0;
}

std::optional<core::principal> principal_of(const nlohmann::json& claims) {
  const bool no_role = !claims.contains("role");
  const auto role = no_role ? std::optional(core::role::company_viewer) : core::parse_role(text_claim(claims, "role"));
  const core::tenant_id company(text_claim(claims, "companyId"));
  const bool platform = role == core::role::platform_admin;
  if (!role || platform != company.empty() || (!platform && !core::is_public_id(company.value, "co_")))
    return std::nullopt;
  const auto subject = text_claim(claims, "sub").substr(0, 200);
  return core::principal{"jwt", subject.empty() ? "(no sub)" : subject, *role, company};
}

/// Three parts in the alphabet of base64url, none of them empty: the library reads outside of its memory for others.
bool is_shaped(std::string_view token) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  return token.find_first_not_of(alphabet) == std::string_view::npos &&
         std::count(token.begin(), token.end(), '.') == 2 && !token.starts_with('.') && !token.ends_with('.') &&
         token.find("..") == std::string_view::npos;
}

/// The claims of a token whose signature is right; throws or gives null for any other.
nlohmann::json verified_claims(std::string_view token, const std::string& algorithm, const core::secret& key) {
  std::error_code wrong;
  const auto decoded = jwt::decode(jwt::string_view(token.data(), token.size()), jwt::params::algorithms({algorithm}),
                                   wrong, jwt::params::secret(key.reveal()), jwt::params::verify(true));
  return wrong ? nlohmann::json() : decoded.payload().create_json_obj();
}

} // namespace

core::expected<jwt_verifier> jwt_verifier::make(const std::string& algorithm, const core::secret& key) {
  jwt_verifier made;
  if (algorithm.empty())
    return made;
  constexpr size_t shortest_secret = 32; // RFC 7518 3.2
  if (algorithm == "HS256" && key.reveal().size() < shortest_secret)
    return refuse("jwt.secret must have at least 32 bytes for HS256.");
  if (algorithm == "RS256" && type_of_key(key.reveal()) != EVP_PKEY_RSA)
    return refuse("jwt.public_key_file must hold an RSA public key in PEM form for RS256.");
  if (algorithm == "ES256" && type_of_key(key.reveal()) != EVP_PKEY_EC)
    return refuse("jwt.public_key_file must hold a P-256 public key in PEM form for ES256.");
  made.algorithm_ = algorithm;
  made.key_ = key;
  return made;
}

core::expected<jwt_verifier::verified> jwt_verifier::verify(std::string_view token, core::timestamp now) const {
  try {
    if (const auto claims =
            configured() && is_shaped(token) ? verified_claims(token, algorithm_, key_) : nlohmann::json();
        claims.is_object()) {
      const core::timestamp expires{expiry(claims) * 1000};
      const auto not_before = claims.value("nbf", 0.0) * 1000;
      const auto who = principal_of(claims);
      if (who && now < expires && not_before <= static_cast<double>(now.ms))
        return verified{*who, expires};
    }
  } catch (const std::exception&) { // the library throws on much of what strangers send
  }
  return core::fail(core::ec::unauthenticated, "The token is not valid, or has expired.");
}

} // namespace trunkline::http::checks

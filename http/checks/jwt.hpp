#pragma once

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/principal.hpp"
#include "core/secret.hpp"

#include <string>
#include <string_view>

namespace trunkline::http::checks {

/// Verifies JSON Web Tokens of one issuer: one algorithm, one key (RFC 8725 3.1). Claims: `exp` (required), `companyId`
/// (required unless the role is platform_admin), `role` (absent: company_viewer), `sub`.
class jwt_verifier {
public:
  /// `algorithm`: HS256 with a secret of at least 32 bytes, RS256 or ES256 with a public key in PEM form. Empty: no
  /// token is accepted. ec::invalid_configuration.
  static core::expected<jwt_verifier> make(const std::string& algorithm, const core::secret& key);

  jwt_verifier() = default;
  bool configured() const { return !algorithm_.empty(); }

  struct verified {
    core::principal who;
    core::timestamp expires;
  };
  /// ec::unauthenticated, whatever is wrong.
  core::expected<verified> verify(std::string_view token, core::timestamp now) const;

private:
  std::string algorithm_;
  core::secret key_;
};

} // namespace trunkline::http::checks

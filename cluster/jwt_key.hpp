#pragma once

#include "config/settings.hpp"
#include "http/checks/jwt.hpp"

namespace trunkline::cluster {

/// The verifier of JSON Web Tokens that these settings ask for; reads the file of the public key, if one is named.
core::expected<http::checks::jwt_verifier> read_jwt_key(const config::settings& from);

} // namespace trunkline::cluster

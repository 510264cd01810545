#include "cluster/jwt_key.hpp"

#include <fstream>
#include <iterator>

namespace trunkline::cluster {

core::expected<http::checks::jwt_verifier> read_jwt_key(const config::settings& from) {
  core::secret key = from.jwt_secret;
  if (!from.jwt_algorithm.empty() && from.jwt_algorithm != "HS256") {
    std::ifstream file(from.jwt_public_key_file);
    std::string pem{std::istreambuf_iterator<char>(file), {}};
    key = core::secret(std::move(pem));
  }
  return http::checks::jwt_verifier::make(from.jwt_algorithm, key);
}

} // namespace trunkline::cluster

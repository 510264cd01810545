#include "actors/passwords.hpp"

#include <sodium.h>

#include <stdexcept>

namespace trunkline::actors {

std::string hash_password(const core::secret& password) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  const auto& text = password.reveal();
  if (crypto_pwhash_str(hash.data(), text.data(), text.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    throw std::runtime_error("no memory to hash a password");
  hash.resize(hash.find('\0'));
  return hash;
}

bool password_fits(const std::string& hash, const core::secret& password) {
  static const std::string nobody = hash_password(core::secret("nobody has this"));
  const auto& against = hash.empty() ? nobody : hash;
  const auto& text = password.reveal();
  return crypto_pwhash_str_verify(against.c_str(), text.data(), text.size()) == 0 && !hash.empty();
}

} // namespace trunkline::actors

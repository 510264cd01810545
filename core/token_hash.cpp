#include "core/token_hash.hpp"

#include "core/ids.hpp"

#include <sodium.h>

#include <array>

namespace trunkline::core {

std::string token_hash(std::string_view token) {
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                     nullptr, 0);
  std::string hex(hash.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

std::string new_token(std::string_view prefix) {
  constexpr size_t characters = 52;
  return new_id(prefix, characters);
}

} // namespace trunkline::core

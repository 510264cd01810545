#include "cluster/hello.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <sodium.h>

namespace trunkline::cluster {

namespace {

std::string mac(const core::secret& key, std::string_view purpose, const greeting& between) {
  const auto text = fmt::format("trunkline {} {} {} {}{}", purpose, between.caller, between.called,
                                between.caller_nonce, between.called_nonce);
  std::string out(32, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), reinterpret_cast<unsigned char*>(out.data()),
       &length);
  return out;
}

} // namespace

std::string make_nonce() {
  std::string out(16, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

std::string caller_proof(const core::secret& key, const greeting& between) { return mac(key, "caller", between); }
std::string called_proof(const core::secret& key, const greeting& between) { return mac(key, "called", between); }
std::string session_tag(const core::secret& key, const greeting& between) {
  return mac(key, "session", between).substr(0, 16);
}

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace trunkline::cluster

#include "twilio/hmac_sha1.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <memory>

namespace trunkline::twilio {

// HMAC written as its two plain digests. Per 800 bytes, OpenSSL 3.0 with SHA-NI: HMAC() takes 1.5 us, because it looks
// the algorithm up each time; a reused EVP_MAC 0.76 us; this 0.67 us. Keeping the states after the two pads for each
// key would save 0.13 us more, but then key material stays behind in a cache.

namespace {

constexpr size_t block_bytes = 64;
using key_block = std::array<unsigned char, block_bytes>;

struct free_digest {
  void operator()(EVP_MD_CTX* ctx) const { EVP_MD_CTX_free(ctx); }
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};

/// One per thread: looking the algorithm up costs more than using it.
class sha1 {
public:
  sha1()
      : md_(EVP_MD_fetch(nullptr, "SHA1", nullptr)),
        ctx_(EVP_MD_CTX_new()),
        usable_(md_ && ctx_ && EVP_DigestInit_ex2(ctx_.get(), md_.get(), nullptr) == 1) {}

  bool digest(const key_block& pad, std::span<const std::string_view> parts, sha1_digest& out) {
    bool ok = usable_ && EVP_DigestInit_ex2(ctx_.get(), nullptr, nullptr) == 1;
    ok = ok && EVP_DigestUpdate(ctx_.get(), pad.data(), pad.size()) == 1;
    for (const auto part : parts)
      ok = ok && EVP_DigestUpdate(ctx_.get(), part.data(), part.size()) == 1;
    return ok && EVP_DigestFinal_ex(ctx_.get(), out.data(), nullptr) == 1;
  }

private:
  std::unique_ptr<EVP_MD, free_digest> md_;
  std::unique_ptr<EVP_MD_CTX, free_digest> ctx_;
  bool usable_;
};

/// The key filled up to a block; a longer one is replaced by its digest (RFC 2104).
bool make_key_block(std::string_view key, key_block& block) {
  block.fill(0);
  if (key.size() <= block_bytes) {
    std::copy(key.begin(), key.end(), block.begin());
    return true;
  }
  return EVP_Digest(key.data(), key.size(), block.data(), nullptr, EVP_sha1(), nullptr) == 1;
}

} // namespace

std::optional<sha1_digest> hmac_sha1(std::string_view key, std::span<const std::string_view> parts) {
  thread_local sha1 hash;
  key_block inner_pad, outer_pad;
  if (!make_key_block(key, inner_pad))
    return std::nullopt;
  for (size_t i = 0; i < block_bytes; ++i) {
    outer_pad[i] = inner_pad[i] ^ 0x5C;
    inner_pad[i] ^= 0x36;
  }
  sha1_digest inner, result;
  bool ok = hash.digest(inner_pad, parts, inner);
  const std::string_view inner_text(reinterpret_cast<const char*>(inner.data()), inner.size());
  ok = ok && hash.digest(outer_pad, {&inner_text, 1}, result);
  sodium_memzero(inner_pad.data(), inner_pad.size());
  sodium_memzero(outer_pad.data(), outer_pad.size());
  return ok ? std::optional(result) : std::nullopt;
}

} // namespace trunkline::twilio

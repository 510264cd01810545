#include "health/standard_webhook.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace trunkline::health {

namespace {

std::string hmac_sha256(const core::secret& key, std::string_view text) {
  const auto bytes = [](std::string_view from) { return reinterpret_cast<const unsigned char*>(from.data()); };
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key.reveal()), key.reveal().size());
  crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  sodium_memzero(&state, sizeof state);
  std::string out(sodium_base64_encoded_len(mac.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), mac.data(), mac.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.find('\0'));
  return out;
}

} // namespace

std::vector<std::pair<std::string, std::string>> sign(const core::secret& key, std::string_view id, core::timestamp at,
                                                      std::string_view body) {
  const auto seconds = std::to_string(at.ms / 1000);
  return {{"webhook-id", std::string(id)},
          {"webhook-timestamp", seconds},
          {"webhook-signature", "v1," + hmac_sha256(key, fmt::format("{}.{}.{}", id, seconds, body))}};
}

std::optional<std::chrono::seconds> wait_after(int attempts) {
  using namespace std::chrono_literals;
  constexpr std::array<std::chrono::seconds, 7> waits = {5s, 5min, 30min, 2h, 5h, 10h, 14h};
  const auto index = static_cast<size_t>(attempts - 1);
  return attempts >= 1 && index < waits.size() ? std::optional(waits[index]) : std::nullopt;
}

} // namespace trunkline::health

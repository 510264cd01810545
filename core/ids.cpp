#include "core/ids.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <vector>
#include <xxhash.h>

namespace trunkline::core {

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuv";

/// 24 characters of 5 bits: 120 of the 128 bits, far more than it takes for two ids never to meet.
void append_hash(std::string& out, XXH128_hash_t hash) {
  for (int i = 0; i < 12; ++i, hash.low64 >>= 5)
    out += alphabet[hash.low64 & 31];
  for (int i = 0; i < 12; ++i, hash.high64 >>= 5)
    out += alphabet[hash.high64 & 31];
}

} // namespace

std::string new_id(std::string_view prefix, size_t characters) {
  std::vector<unsigned char> random(characters);
  randombytes_buf(random.data(), random.size());
  std::string out(prefix);
  for (unsigned char byte : random)
    out += alphabet[byte & 31];
  return out;
}

std::string derived_id(std::string_view prefix, std::string_view first, std::string_view second, std::string_view third,
                       std::string_view fourth) {
  std::string joined;
  for (std::string_view part : {first, second, third, fourth}) {
    joined += part;
    joined += '\0';
  }
  std::string out(prefix);
  append_hash(out, XXH3_128bits(joined.data(), joined.size()));
  return out;
}

bool is_public_id(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size() + 6 || text.size() > prefix.size() + 40 || !text.starts_with(prefix))
    return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(prefix.size()), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_'; });
}

} // namespace trunkline::core

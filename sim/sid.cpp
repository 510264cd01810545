#include "sim/sid.hpp"

#include <sodium.h>

namespace trunkline::sim {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_hex(std::string& out, uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4)
    out += hex_digits[(value >> shift) & 15];
}

uint64_t system_seed() {
  uint64_t seed = 0;
  randombytes_buf(&seed, sizeof seed);
  return seed;
}

} // namespace

sid_source::sid_source(uint64_t seed) : random_(seed == 0 ? system_seed() : seed) {}

std::string sid_source::next(std::string_view prefix) {
  std::string sid(prefix);
  sid.reserve(prefix.size() + 32);
  append_hex(sid, random_());
  append_hex(sid, random_());
  return sid;
}

std::string sid_source::uuid() {
  std::string text = next("");
  text[12] = '4';
  text[16] = hex_digits[8 + (random_() & 3)];
  for (const size_t at : {20U, 16U, 12U, 8U})
    text.insert(at, 1, '-');
  return text;
}

double sid_source::chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

} // namespace trunkline::sim

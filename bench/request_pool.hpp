#pragma once

#include "bench/targets.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::bench {

/// Voice webhooks signed before the clock starts. Requests to one number differ in the CallSid and the signature
/// alone, so a request is kept as those 60 bytes and patched into its number's template when it is sent.
class request_pool {
public:
  /// `forge` spoils every signature. Signs on all cores.
  request_pool(const std::vector<target>& targets, std::string_view public_url, uint64_t requests, uint64_t seed,
               bool forge);

  uint64_t size() const { return entries_.size(); }

  /// The bytes of request i, valid until the next call.
  std::string_view request(uint64_t i);

  /// "CA" and 32 hexadecimal digits.
  std::string call_sid(uint64_t i) const;

private:
  struct entry {
    std::array<char, 32> sid;
    std::array<char, 28> signature;
  };

  struct request_template {
    std::string text;
    size_t signature_at = 0;
    size_t sid_at = 0;
  };

  static request_template make_template(const target& to, std::string_view host);
  void sign_range(const std::vector<target>& targets, std::string_view public_url, uint64_t begin, uint64_t end,
                  uint64_t seed, bool forge);

  std::vector<request_template> templates_;
  std::vector<entry> entries_;
};

} // namespace trunkline::bench

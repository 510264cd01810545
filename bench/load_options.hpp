#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>

namespace trunkline::bench {

/// What bench_load was asked to do; usage() documents each.
struct load_options {
  std::string connect;                               ///< "127.0.0.1:8080"; loopback only
  std::string public_url = "https://gw.example.com"; ///< what the signature is made over, before the target's path
  std::string targets;                               ///< CSV file
  std::string ledger;                                ///< file, or "" for none
  unsigned connections = 64;
  double rate = 0; ///< requests/s of the open loop; 0 = closed loop
  double warmup_s = 1;
  double duration_s = 5;
  uint64_t requests = 0; ///< end after that many; 0 = by time alone
  uint64_t pool = 0;     ///< requests signed beforehand; 0 = from the rate or 200,000 a second
  unsigned timeout_ms = 5000;
  uint64_t seed = 0; ///< of the CallSids; 0 = random
  bool forge = false;
  bool help = false;
};

core::expected<load_options> parse_load_options(int argc, const char* const* argv);

const char* load_usage();

} // namespace trunkline::bench

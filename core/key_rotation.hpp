#pragma once

#include <cstddef>
#include <string>

namespace trunkline::core {

/// How far a rotation of the master key has come.
struct key_rotation {
  int version = 0;      ///< of the new key
  size_t companies = 0; ///< all there are
  size_t done = 0;      ///< re-sealed in this run; the others already were
  bool finished = false;

  // -- the rotation's own
  std::string after; ///< the last company looked at
  size_t unreadable = 0;
  std::string first_unreadable;
};

} // namespace trunkline::core

#pragma once

#include "health/dependency.hpp"

#include <array>
#include <vector>

namespace trunkline::health {

/// How everything is: the worst first, counts of all.
struct report {
  health::status status = status::not_configured; ///< the worst of all that is configured
  core::timestamp checked_at;
  std::array<size_t, 4> counts{}; ///< by status
  bool truncated = false;
  std::vector<dependency> dependencies;
};

/// Makes a report of many dependencies and keeps no more of them than it shows.
class report_builder {
public:
  static constexpr size_t most = 200;

  /// False for one that is counted and not shown, so that it need not be described.
  bool wants(status s) const;
  void count(status s);
  void add(dependency one); ///< counts, too
  report finish(core::timestamp checked_at);

private:
  report out_;
};

} // namespace trunkline::health

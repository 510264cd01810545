#include "cluster/open_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sys/resource.h>

namespace trunkline::cluster {

namespace {

constexpr size_t other_files = 128; ///< database sessions, event loops, logs, what libraries open for a moment
constexpr size_t too_few = 64;      ///< connections

} // namespace

size_t raise_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return 0;
  const rlimit all{files.rlim_max, files.rlim_max};
  return setrlimit(RLIMIT_NOFILE, &all) == 0 ? all.rlim_cur : files.rlim_cur;
}

core::expected<connection_limits> connections_within(size_t open_files, size_t live_viewers) {
  connection_limits limits;
  limits.live_viewers = live_viewers;
  const size_t wanted = other_files + limits.webhooks + limits.api + live_viewers;
  if (open_files >= wanted)
    return limits;
  if (open_files < other_files + too_few)
    return core::fail(core::ec::not_ready, fmt::format("This process may open {} files at once, {} are needed, better "
                                                       "{}. Raise the limit (ulimit -n).",
                                                       open_files, other_files + too_few, wanted));
  const size_t room = open_files - other_files;
  limits.live_viewers = std::min(live_viewers, room / 8);
  limits.api = std::min(limits.api, room / 4 - limits.live_viewers);
  limits.webhooks = std::min(limits.webhooks, room - limits.api - limits.live_viewers);
  return limits;
}

} // namespace trunkline::cluster

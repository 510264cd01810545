#pragma once

#include "core/error.hpp"

#include <cstddef>

namespace trunkline::cluster {

/// As many open files as this process may ask for; returns how many that are. Debian's soft limit is 1024, less than
/// the connections that the listeners take.
size_t raise_open_files();

/// How many connections each listener may hold; the API's has those of live viewers besides.
struct connection_limits {
  size_t webhooks = 2000;
  size_t api = 256;
  size_t live_viewers = 0;
};

/// Less than usual where there are few open files, so that the database and the log always find one; ec::not_ready
/// where there are too few to be of use.
core::expected<connection_limits> connections_within(size_t open_files, size_t live_viewers);

} // namespace trunkline::cluster

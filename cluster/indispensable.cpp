#include "cluster/indispensable.hpp"

#include "config/log.hpp"

#include <cstdlib>

namespace trunkline::cluster {

void end_process(std::string_view name, int reason) {
  log::error(log::no_request, "{} has ended ({}): the node can not go on", name, reason);
  log::finish_background();
  std::_Exit(lost_an_actor);
}

} // namespace trunkline::cluster

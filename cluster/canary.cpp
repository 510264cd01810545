#include "cluster/canary.hpp"

#include "actors/quiet.hpp"

#include <caf/io/middleman.hpp>

#include <chrono>

namespace trunkline::cluster {

canary_actor::behavior_type canary(canary_actor::pointer self, const caf::io::middleman_actor& network,
                                   const core::clock* clock, const std::shared_ptr<canary_song>& song) {
  using namespace std::chrono_literals;
  actors::keep_quiet(self);
  self->send(self, sing{});
  return {
      [self, network, song, clock](sing) {
        song->scheduler_ms = clock->steady().ms;
        const auto heard = [song, clock] { song->network_ms = clock->steady().ms; };
        self->request(network, 2s, caf::get_atom::value, self->system().node())
            .then([heard](const caf::node_id&, const std::string&, uint16_t) { heard(); }, [](const caf::error&) {});
        self->delayed_send(self, 500ms, sing{});
      },
  };
}

} // namespace trunkline::cluster

#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/error.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

namespace trunkline::cluster {

/// The exit status of a process that has lost an actor: EX_SOFTWARE of sysexits.h.
inline constexpr int lost_an_actor = 70;

/// Who is told that an actor has ended which the node can not do without, from whatever thread it ended in.
using on_loss = std::function<void(std::string_view name, int reason)>;

/// SHARDS, INBOX and STORE catch what can be caught. If one ends all the same, the node would look alive and answer
/// nothing, so the process ends at once and is started anew by whoever supervises it.
[[noreturn]] void end_process(std::string_view name, int reason);

/// Watches an actor until `stopping`, which outlives it.
template <class Actor>
Actor indispensable(Actor actor, std::string name, const std::atomic<bool>& stopping, on_loss lost) {
  caf::actor_cast<caf::abstract_actor*>(actor)->attach_functor(
      [name = std::move(name), &stopping, lost = std::move(lost)](const caf::error& reason) {
        if (!stopping)
          lost(name, static_cast<int>(reason.code()));
      });
  return actor;
}

} // namespace trunkline::cluster

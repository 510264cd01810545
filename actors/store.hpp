#pragma once

#include "actors/interfaces.hpp"
#include "actors/vitals.hpp"
#include "persistence/stores.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace trunkline::actors {

/// STORE promises: every question is answered, with what the database says or with why it could not be asked.
struct store_state {
  static inline constexpr auto name = "store";

  // -- what it does
  template <class T, class Work>
  void answer(const reply<T>& question, Work work);
  template <class Question, class Work>
  auto on(Work work);
  template <class Question, class Work>
  auto on_unless_stuck(Work work);
  void purge();
  void rotate(core::expected<core::key_rotation> state, const reply<core::key_rotation>& answer);

  // -- what it remembers
  store_actor::pointer self = nullptr;
  std::shared_ptr<persistence::store_set> stores;
  std::shared_ptr<vitals> pulse;
  const core::clock* clock = nullptr;
  core::steady_time stuck_until; ///< the database is not worth a try before
  bool platform_usable = false;  ///< decides the credentialSource of companies without an account of their own
};

/// Blocks in the database: spawn it detached.
store_actor::behavior_type store(store_actor::stateful_pointer<store_state> self,
                                 std::shared_ptr<persistence::store_set> stores, std::shared_ptr<vitals> pulse,
                                 const core::clock* clock, bool platform_usable);

} // namespace trunkline::actors

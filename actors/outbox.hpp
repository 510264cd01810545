#pragma once

#include "actors/pacer.hpp"
#include "actors/services.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace trunkline::actors {

/// OUTBOX promises: a company's stored messages are sent once each, by priority and not faster than allowed, and each
/// attempt is followed to its end: accepted, rejected, back in the queue, or unknown until Twilio has shown what became
/// of it. Nothing is sent that is not committed as `sending` under this node's epoch first, and no byte of it leaves
/// after its deadline or once the company has moved.
struct outbox_state {
  static inline constexpr auto name = "outbox";

  struct attempt {
    ticket in_flight;
    core::phone_number recipient;
    bool simulated = false;
  };

  outbox_state() = default;
  ~outbox_state();
  outbox_state(const outbox_state&) = delete;
  outbox_state& operator=(const outbox_state&) = delete;

  // -- what it does
  void look();
  void claimed(messages_claimed& news);
  void ended(attempt_ended& news);
  void settled(attempts_settled& news);
  void examined(doubt_examined& news);
  void resolved(const doubt_settled& news);
  void change(profile_ptr next);

  void its_turn(const look_again& news);
  core::send_wish wish() const;
  void send(const core::outgoing_message& message);
  void ask_about(const core::doubtful_message& message);
  void settle();
  void look_in(int64_t ms);
  void conclude(const core::send_orders& orders);

  // -- what it remembers
  outbox_actor::pointer self = nullptr;
  std::shared_ptr<const services> node;
  profile_ptr profile;
  std::optional<core::owned_shard> mine; ///< under which the last claim was made
  std::map<core::message_id, attempt> in_air;
  std::map<core::message_id, core::phone_number> asked_about; ///< whose list is being read
  std::vector<core::send_result> to_settle;
  pacer pace;
  bool first = true, claiming = false, again = false, settling = false;
  bool short_of_room = false; ///< more could go once something has ended
  std::optional<core::steady_time> next_look;
  int64_t turn = 0; ///< of the moment to look again: an older one does not count
  core::steady_time busy_at, claimed_at;
  std::minstd_rand random{std::random_device{}()};
};

outbox_actor::behavior_type outbox(outbox_actor::stateful_pointer<outbox_state> self,
                                   std::shared_ptr<const services> node, profile_ptr profile);

} // namespace trunkline::actors

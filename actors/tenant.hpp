#pragma once

#include "actors/services.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <memory>

namespace trunkline::actors {

/// TENANT promises: every webhook handed to it is decided by this company's rules as they are now and handed to the
/// INBOX, in order of arrival. If deciding throws, that webhook is answered with the safe chain and the actor ends;
/// SHARDS says when the next one may start. Its OUTBOX lives no longer than it does.
struct tenant_state {
  static inline constexpr auto name = "tenant";

  // -- what it does
  void start();
  void handle(job_ptr job);
  void loaded(core::expected<core::tenant_profile> read);
  void change(profile_ptr next);
  void look_for_messages();

  void decide(const job_ptr& job);
  void publish();

  tenant_state() = default;
  ~tenant_state(); // its OUTBOX goes with it
  tenant_state(const tenant_state&) = delete;
  tenant_state& operator=(const tenant_state&) = delete;

  // -- what it remembers
  tenant_actor::pointer self = nullptr;
  std::shared_ptr<const services> node;
  core::tenant_id id;
  profile_ptr profile;         // null while it is being read
  std::deque<job_ptr> waiting; // arrived meanwhile; bounded by the front end's in-flight limit
  outbox_actor outbox;         // null: there was nothing to send
  bool woken = false;          // there may be, but the profile is still being read
};

tenant_actor::behavior_type tenant(tenant_actor::stateful_pointer<tenant_state> self,
                                   std::shared_ptr<const services> node, core::tenant_id id);

} // namespace trunkline::actors

#include "cluster/gatekeeper.hpp"

#include "actors/quiet.hpp"
#include "cluster/bounded_network.hpp"
#include "config/log.hpp"
#include "core/metrics.hpp"

#include <caf/send.hpp>

namespace trunkline::cluster {

namespace {

/// With room for the rest of the frame: a larger one would end the link.
constexpr size_t max_answer = max_frame / 2;

core::counter strangers("trunkline_cluster_strangers_total", "Greetings that were refused or came to nothing");

} // namespace

// -- GATEKEEPER -------------------------------------------------------------------------------------------------------

void gatekeeper_state::hear(const envelope& said) {
  const auto caller = self->current_sender();
  if (!caller)
    return;
  forget_late();
  if (said.kind == "hello")
    greeted(caller, said);
  else if (said.kind == "proof")
    proved(caller, said);
}

void gatekeeper_state::greeted(const caf::strong_actor_ptr& caller, const envelope& said) {
  constexpr size_t nonce_size = 16;
  if (*parts->me == 0) // we do not know ourselves yet
    return self->send(caf::actor_cast<remote_actor>(caller), envelope{0, 0, "later", {}, {}, {}});
  const bool room = greetings.size() < most_greetings;
  if (!room || said.payload.size() != nonce_size || said.from <= 0)
    return strangers.add();
  greeting between{said.from, *parts->me, said.payload, make_nonce()};
  envelope challenge{*parts->me, said.id, "challenge",
                     {},         {},      between.called_nonce + called_proof(parts->key, between)};
  greetings.insert_or_assign(caf::actor_cast<caf::actor_addr>(caller),
                             expected_proof{std::move(between), parts->clock.steady().ms + greeting_ms});
  self->send(caf::actor_cast<remote_actor>(caller), std::move(challenge));
}

void gatekeeper_state::proved(const caf::strong_actor_ptr& caller, const envelope& said) {
  const auto found = greetings.extract(caf::actor_cast<caf::actor_addr>(caller));
  if (!found)
    return;
  const auto& between = found.mapped().between;
  if (said.from != between.caller || !same_bytes(said.payload, caller_proof(parts->key, between)))
    return strangers.add();
  if (!parts->is_member(between.caller)) // it may be so new that we have not heard of it
    return self->send(caf::actor_cast<remote_actor>(caller), envelope{*parts->me, 0, "later", {}, {}, {}});
  auto& place = sessions[between.caller];
  if (place)
    caf::anon_send<caf::message_priority::high>(place, caf::exit_msg{self->address(), caf::exit_reason::user_shutdown});
  place = caf::actor_cast<caf::actor>(
      self->spawn(session, session_parts{*parts->me, session_tag(parts->key, between),
                                         caf::actor_cast<remote_actor>(caller), parts->serve}));
  self->monitor<caf::message_priority::high>(place);
}

void gatekeeper_state::forget_late() {
  const auto now = parts->clock.steady().ms;
  strangers.add(std::erase_if(greetings, [&](const auto& one) { return one.second.until_ms < now; }));
}

gatekeeper_actor::behavior_type gatekeeper(gatekeeper_actor::stateful_pointer<gatekeeper_state> self,
                                           const gatekeeper_parts& parts) {
  auto& st = self->state;
  st.self = self;
  st.parts.emplace(parts);
  actors::keep_quiet(self);
  self->set_down_handler([&st](const caf::down_msg& msg) {
    std::erase_if(st.sessions, [&](const auto& one) { return one.second.address() == msg.source; });
  });
  self->set_exit_handler([&st, self](const caf::exit_msg& msg) {
    for (const auto& [incarnation, one] : st.sessions)
      caf::anon_send<caf::message_priority::high>(one, caf::exit_msg{self->address(), msg.reason});
    self->quit(msg.reason);
  });
  return {[&st](const envelope& said) { st.hear(said); }};
}

// -- SESSION ----------------------------------------------------------------------------------------------------------

void session_state::hear(envelope& said) {
  if (!same_bytes(said.tag, tag))
    return;
  if (said.kind == "ping")
    return self->send(caller, envelope{me, said.id, "pong", tag, {}, {}});
  if (said.kind != "ask" || said.payload.size() > max_payload)
    return;
  const auto back = [to = caf::actor_cast<session_actor>(self), id = said.id](std::string payload) {
    caf::anon_send(to, answer_peer{id, std::move(payload)});
  };
  serve(said.topic, std::move(said.payload), back);
}

void session_state::answer(answer_peer& done) {
  if (done.payload.size() > max_answer) { // whoever asked hears that in time
    log::warn(log::no_request, "an answer to another node has {} bytes and is not sent", done.payload.size());
    return;
  }
  self->send(caller, envelope{me, done.id, "answer", tag, {}, std::move(done.payload)});
}

session_actor::behavior_type session(session_actor::stateful_pointer<session_state> self, const session_parts& parts) {
  auto& st = self->state;
  st.self = self, st.me = parts.me, st.tag = parts.tag, st.caller = parts.caller, st.serve = parts.serve;
  actors::keep_quiet(self);
  self->monitor<caf::message_priority::high>(st.caller);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(caf::exit_reason::normal); });
  self->send(st.caller, envelope{st.me, 0, "welcome", st.tag, {}, {}});
  return {
      [&st](envelope& said) { st.hear(said); },
      [&st](answer_peer& done) { st.answer(done); },
  };
}

} // namespace trunkline::cluster

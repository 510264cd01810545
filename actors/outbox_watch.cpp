#include "actors/outbox_watch.hpp"

#include "actors/quiet.hpp"

#include <caf/send.hpp>

namespace trunkline::actors {

namespace {

constexpr std::chrono::seconds look_every{1};

} // namespace

void outbox_watch_state::look() {
  auto me = caf::actor_cast<outbox_watch_actor>(self);
  list_due_companies question;
  question.answer =
      reply<std::vector<core::tenant_id>>([me](auto found) { caf::anon_send(me, due_found{std::move(found)}); });
  node->stores.ask(std::move(question));
}

/// The next look comes after the answer: a database that stands still is not asked twice.
void outbox_watch_state::wake(const due_found& news) {
  if (news.companies)
    for (const auto& one : *news.companies)
      if (!node->elsewhere || node->elsewhere->is_here(one))
        caf::anon_send(shards, wake_company{one});
  self->delayed_send(self, look_every, look_for_due{});
}

outbox_watch_actor::behavior_type outbox_watch(outbox_watch_actor::stateful_pointer<outbox_watch_state> self,
                                               std::shared_ptr<const services> node, shards_actor shards) {
  auto& st = self->state;
  st.self = self, st.node = std::move(node), st.shards = std::move(shards);
  keep_quiet(self);
  self->send(self, look_for_due{});
  return {
      [&st](look_for_due) { st.look(); },
      [&st](const due_found& msg) { st.wake(msg); },
  };
}

} // namespace trunkline::actors

#include "actors/inbox.hpp"

#include "actors/quiet.hpp"
#include "config/log.hpp"
#include "core/metrics.hpp"

#include <chrono>

namespace trunkline::actors {

namespace {

core::counter recorded("trunkline_inbox_events_total", "Webhooks made durable", "result", "recorded");
core::counter duplicates("trunkline_inbox_events_total", "Webhooks made durable", "result", "duplicate");
core::counter refused("trunkline_inbox_events_total", "Webhooks made durable", "result", "refused");
core::counter failed("trunkline_inbox_events_total", "Webhooks made durable", "result", "failed");
core::counter batches("trunkline_inbox_batches_total", "Transactions of the INBOX");
core::histogram commit_seconds("trunkline_inbox_commit_seconds", "How long a batch took to become durable");

} // namespace

void inbox_state::add(record_event entry) {
  if (entry.job->reply.settled()) // given up while the database stood still; it will come again
    return;
  if (batch.empty())
    self->send(self, commit_batch{});
  batch.push_back(std::move(entry));
  if (batch.size() >= max_batch)
    commit();
}

void inbox_state::commit() {
  if (batch.empty()) // a full batch did not wait for its tick
    return;
  const auto begun = std::chrono::steady_clock::now();
  pulse->mailbox.store(self->mailbox().size() + batch.size(), std::memory_order_relaxed);
  const auto entries = std::move(batch);
  batch.clear();
  std::vector<const core::webhook_event*> events;
  events.reserve(entries.size());
  for (const auto& entry : entries)
    events.push_back(&entry.event);
  auto outcomes = guarded("inbox", [&] { return store->record(events); });
  if (!outcomes) {
    failed.add(entries.size());
    log::error(log::no_request, "inbox: {} webhooks not stored: {}", entries.size(), outcomes.error().context);
    pulse->failed(outcomes.error(), clock->now());
    for (const auto& entry : entries)
      entry.job->reply(core::fail(outcomes.error()));
    return;
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    auto& outcome = (*outcomes)[i];
    if (outcome.refused) {
      refused.add();
      log::error(entries[i].job->request, "inbox: one webhook refused: {}", outcome.refused->context);
      pulse->failed(*outcome.refused, clock->now());
      entries[i].job->reply(core::fail(std::move(*outcome.refused)));
      continue;
    }
    (outcome.duplicate ? duplicates : recorded).add();
    entries[i].job->reply(std::move(outcome.answer));
  }
  batches.add();
  commit_seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  pulse->mailbox.store(self->mailbox().size(), std::memory_order_relaxed);
}

inbox_actor::behavior_type inbox(inbox_actor::stateful_pointer<inbox_state> self,
                                 std::shared_ptr<persistence::inbox_store> store, std::shared_ptr<vitals> pulse,
                                 const core::clock* clock) {
  auto& st = self->state;
  st.self = self, st.store = std::move(store), st.pulse = std::move(pulse), st.clock = clock;
  keep_quiet(self);
  return {
      [&st](record_event& entry) { st.add(std::move(entry)); },
      [&st](commit_batch) { st.commit(); },
  };
}

} // namespace trunkline::actors

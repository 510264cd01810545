#include "actors/store.hpp"

#include "actors/quiet.hpp"
#include "config/log.hpp"

#include <chrono>

namespace trunkline::actors {

namespace {

/// Nobody who asks is to blame.
bool is_ours(core::ec code) { return code == core::ec::database_unavailable || code == core::ec::internal_error; }

} // namespace

template <class T, class Work>
void store_state::answer(const reply<T>& question, Work work) {
  pulse->mailbox.store(self->mailbox().size(), std::memory_order_relaxed);
  if (question.settled()) // given up while it waited its turn
    return;
  core::expected<T> found = guarded("store", work);
  if (!found && is_ours(found.error().code)) {
    log::error(log::no_request, "store: {}", found.error().context);
    pulse->failed(found.error(), clock->now());
  }
  question(std::move(found));
}

namespace {

core::expected<core::tenant_profile> change_state(persistence::tenant_store& tenants, const set_tenant_state& change,
                                                  core::timestamp now) {
  if (auto done = tenants.set_state(change.tenant, change.state, now); !done)
    return core::fail(done.error());
  return tenants.find(change.tenant);
}

core::expected<call_with_events> find_with_events(persistence::call_store& calls, const find_call& question) {
  auto found = calls.find(question.tenant, question.call);
  if (!found)
    return core::fail(std::move(found).error());
  return call_with_events{std::move(found->first), std::move(found->second)};
}

core::expected<int64_t> round_trip(const persistence::store_set& stores) {
  const auto begun = std::chrono::steady_clock::now();
  if (auto done = stores.ping(); !done)
    return core::fail(done.error());
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count();
}

} // namespace

store_actor::behavior_type store(store_actor::stateful_pointer<store_state> self,
                                 std::shared_ptr<persistence::store_set> stores, std::shared_ptr<vitals> pulse,
                                 const core::clock* clock, bool platform_usable) {
  auto& st = self->state;
  st.self = self, st.stores = std::move(stores), st.pulse = std::move(pulse), st.clock = clock;
  st.platform_usable = platform_usable;
  keep_quiet(self);
  auto& db = *st.stores;
  return {
      [&st, &db](const load_profile& q) { st.answer(q.answer, [&] { return db.tenants->find(q.tenant); }); },
      [&st, &db](const create_company& q) { st.answer(q.answer, [&] { return db.tenants->create(q.tenant); }); },
      [&st, &db](const list_companies& q) {
        st.answer(q.answer, [&] { return db.tenants->list(q.filter, st.platform_usable, q.page); });
      },
      [&st, &db](const put_config& q) {
        st.answer(q.answer, [&] { return db.tenants->put_config(q.tenant, q.if_version, q.config, st.clock->now()); });
      },
      [&st, &db](const set_tenant_state& q) {
        st.answer(q.answer, [&] { return change_state(*db.tenants, q, st.clock->now()); });
      },
      [&st, &db](const list_calls& q) { st.answer(q.answer, [&] { return db.calls->list(q.filter, q.page); }); },
      [&st, &db](const find_call& q) { st.answer(q.answer, [&] { return find_with_events(*db.calls, q); }); },
      [&st, &db](const list_messages& q) { st.answer(q.answer, [&] { return db.messages->list(q.filter, q.page); }); },
      [&st, &db](const ping_database& q) { st.answer(q.answer, [&] { return round_trip(db); }); },
  };
}

} // namespace trunkline::actors

#include "actors/store.hpp"

#include "actors/passwords.hpp"
#include "actors/quiet.hpp"
#include "config/log.hpp"

#include <caf/send.hpp>

#include <chrono>

namespace trunkline::actors {

namespace {

constexpr int64_t long_ms = 1000; ///< for a question that fails

/// Nobody who asks is to blame.
bool is_ours(core::ec code) { return code == core::ec::database_unavailable || code == core::ec::internal_error; }

} // namespace

template <class T, class Work>
void store_state::answer(const reply<T>& question, Work work) {
  pulse->mailbox.store(self->mailbox().size(), std::memory_order_relaxed);
  if (question.settled()) // given up while it waited its turn
    return;
  const auto begun = clock->steady();
  core::expected<T> found = guarded("store", work);
  const auto ended = clock->steady();
  const bool stuck = !found && found.error().code == core::ec::database_unavailable && ended.ms - begun.ms >= long_ms;
  stuck_until = stuck ? core::steady_time{ended.ms + long_ms} : core::steady_time{};
  if (!found && is_ours(found.error().code)) {
    log::error(log::no_request, "store: {}", found.error().context);
    pulse->failed(found.error(), clock->now());
  }
  question(std::move(found));
}

/// As on(), for what somebody waits for who can do without: when the last question has stood still for long, as with a
/// frozen server, the next ones hear at once that it is away, for a moment. Otherwise they would queue for nothing.
template <class Question, class Work>
auto store_state::on_unless_stuck(Work work) {
  return [this, work](const Question& question) {
    if (clock->steady() < stuck_until)
      return question.answer(core::fail(core::ec::database_unavailable, "The database is not available.",
                                        "it did not answer a moment ago"));
    answer(question.answer, [&] { return work(question); });
  };
}

/// The handler of a question that `work` answers.
template <class Question, class Work>
auto store_state::on(Work work) {
  return [this, work](const Question& question) { answer(question.answer, [&] { return work(question); }); };
}

namespace {

core::expected<core::tenant_profile> change_state(persistence::tenant_store& tenants, const set_tenant_state& change,
                                                  core::timestamp now) {
  if (auto done = tenants.set_state(change.tenant, change.state, now, change.by); !done)
    return core::fail(done.error());
  return tenants.find(change.tenant);
}

core::expected<void> store_user(persistence::access_store& access, const put_user& question) {
  return access.put_user(question.user, hash_password(question.password), question.by);
}

core::expected<core::console_user> begin_session(persistence::access_store& access, const sign_in& question,
                                                 core::timestamp now) {
  auto found = access.find_user(question.name);
  if (!found && found.error().code != core::ec::unauthenticated)
    return core::fail(found.error());
  if (!password_fits(found ? found->password_hash : std::string(), question.password))
    return core::fail(core::ec::unauthenticated, "User or password wrong.");
  if (auto begun = access.create_session(question.token_hash, question.name, now, question.expires); !begun)
    return core::fail(begun.error());
  return found->user;
}

auto take_idempotency_key(persistence::idempotency_store& kept, const begin_idempotent& question, core::timestamp now) {
  constexpr int64_t a_day = 24 * 3600 * 1000, longest_request = 60 * 1000;
  return kept.begin(question.scope, question.key, question.body_hash, now, {now.ms - longest_request},
                    {now.ms - a_day});
}

core::expected<void> keep_answer(persistence::idempotency_store& kept, const finish_idempotent& question) {
  return question.kept.empty() ? kept.forget(question.scope, question.key)
                               : kept.finish(question.scope, question.key, question.kept);
}

core::expected<call_with_events> find_with_events(persistence::call_store& calls, const find_call& question) {
  auto found = calls.find(question.tenant, question.call);
  if (!found)
    return core::fail(std::move(found).error());
  return call_with_events{std::move(found->first), std::move(found->second)};
}

core::expected<core::message_record> find_own(persistence::message_store& messages, const find_message& question) {
  auto found = messages.find(question.message);
  if (found && found->tenant != question.tenant)
    return core::fail(core::ec::not_found, "No such message.");
  return found;
}

core::expected<std::vector<core::alert_delivery>> take(persistence::alert_store& alerts, const take_deliveries& q,
                                                       core::timestamp now) {
  return alerts.take_deliveries(q.most, now, {now.ms + q.ours_for.count()});
}

core::expected<void> finish(persistence::alert_store& alerts, const finish_delivery& q, core::timestamp now) {
  if (!q.again_in)
    return alerts.finish_delivery(q.id, std::nullopt);
  return alerts.finish_delivery(q.id, core::timestamp{now.ms + q.again_in->count()});
}

core::expected<int64_t> round_trip(const persistence::store_set& stores) {
  const auto begun = std::chrono::steady_clock::now();
  if (auto done = stores.ping(); !done)
    return core::fail(done.error());
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count();
}

} // namespace

void store_state::purge() {
  constexpr size_t rows_at_once = 2000; // webhooks wait for a transaction of SQLite
  const auto more = guarded("store", [&] { return stores->tenants->purge(rows_at_once); });
  if (more && *more)
    caf::anon_send(caf::actor_cast<store_actor>(self), purge_removed{});
  if (!more)
    log::warn(log::no_request, "purging removed companies: {}; goes on at the next start", more.error().context);
}

/// Others' questions come in between.
void store_state::rotate(core::expected<core::key_rotation> state, const reply<core::key_rotation>& answer) {
  if (!state)
    log::warn(log::no_request, "rotating the master key: {} {}; rotate again to go on", state.error().detail,
              state.error().context);
  if (state && !state->finished)
    return caf::anon_send(caf::actor_cast<store_actor>(self), rotate_further{std::move(*state), answer});
  if (state)
    log::info(log::no_request, "master key: version {}, {} companies sealed anew", state->version, state->done);
  answer(std::move(state));
}

// A table with a line for each question: NOLINTNEXTLINE(readability-function-size)
store_actor::behavior_type store(store_actor::stateful_pointer<store_state> self,
                                 std::shared_ptr<persistence::store_set> stores, std::shared_ptr<vitals> pulse,
                                 const core::clock* clock, bool platform_usable) {
  auto& st = self->state;
  st.self = self, st.stores = std::move(stores), st.pulse = std::move(pulse), st.clock = clock;
  st.platform_usable = platform_usable;
  keep_quiet(self);
  auto& db = *st.stores;
  const auto now = [&st] { return st.clock->now(); };
  return {
      st.on_unless_stuck<load_profile>([&db](const auto& q) { return db.tenants->find(q.tenant); }),
      st.on<create_company>([&db](const auto& q) { return db.tenants->create(q.tenant, q.by); }),
      st.on<list_companies>([&](const auto& q) { return db.tenants->list(q.filter, st.platform_usable, q.page); }),
      st.on<put_config>(
          [&db, now](const auto& q) { return db.tenants->put_config(q.tenant, q.if_version, q.config, now(), q.by); }),
      st.on<check_numbers>([&db](const auto& q) { return db.tenants->check_numbers(q.tenant, q.config); }),
      st.on<change_company>(
          [&db, now](const auto& q) { return db.tenants->change(q.tenant, q.if_version, q.change, now(), q.by); }),
      st.on<remove_company>([&db, now](const auto& q) { return db.tenants->remove(q.tenant, now(), q.by); }),
      [&st](purge_removed) { st.purge(); },
      st.on<set_tenant_state>([&db, now](const auto& q) { return change_state(*db.tenants, q, now()); }),
      st.on<load_facts>([&db](const auto& q) { return db.facts->find(q.tenant); }),
      st.on<put_account_check>([&db](const auto& q) { return db.facts->put_account_check(q.tenant, q.check); }),
      st.on<list_conflicts>([&db](const auto& q) { return db.facts->conflicts(q.page); }),
      st.on<sum_usage>([&db](const auto& q) { return db.facts->usage(q.tenant, q.days); }),
      st.on<list_calls>([&db](const auto& q) { return db.calls->list(q.filter, q.page); }),
      st.on<find_call>([&db](const auto& q) { return find_with_events(*db.calls, q); }),
      st.on<list_messages>([&db](const auto& q) { return db.messages->list(q.filter, q.page); }),
      st.on<find_message>([&db](const auto& q) { return find_own(*db.messages, q); }),
      st.on<list_channels>([&db](const auto& q) { return db.channels->list(q.filter, q.page); }),
      st.on<find_channel>([&db](const auto& q) { return db.channels->find(q.tenant, q.channel); }),
      st.on<list_channel_messages>([&db](const auto& q) { return db.channels->messages(q.tenant, q.channel, q.page); }),
      st.on<mark_channel_read>(
          [&db, now](const auto& q) { return db.channels->mark_read(q.tenant, q.channel, now()); }),
      st.on<list_opt_outs>([&db](const auto& q) { return db.opt_outs->list(q.tenant, q.page); }),
      st.on<add_opt_out>([&db, now](const auto& q) { return db.opt_outs->add(q.tenant, q.number, now(), q.by); }),
      st.on<remove_opt_out>([&db, now](const auto& q) { return db.opt_outs->remove(q.tenant, q.number, now(), q.by); }),
      st.on<create_key>([&db](const auto& q) { return db.access->create_key(q.key, q.hash, q.by); }),
      st.on<find_key>([&db](const auto& q) { return db.access->find_key(q.hash); }),
      st.on<list_keys>([&db](const auto& q) { return db.access->list_keys(q.page); }),
      st.on<delete_key>([&db, now](const auto& q) { return db.access->delete_key(q.id, now(), q.by); }),
      st.on<note_key_used>([&db](const auto& q) { return db.access->key_used(q.id, q.at); }),
      st.on<put_user>([&db](const auto& q) { return store_user(*db.access, q); }),
      st.on<list_users>([&db](const auto& q) { return db.access->list_users(q.page); }),
      st.on<delete_user>([&db, now](const auto& q) { return db.access->delete_user(q.name, now(), q.by); }),
      st.on<sign_in>([&db, now](const auto& q) { return begin_session(*db.access, q, now()); }),
      st.on<find_session>([&db, now](const auto& q) { return db.access->find_session(q.token_hash, now()); }),
      st.on<sign_out>([&db](const auto& q) { return db.access->delete_session(q.token_hash); }),
      st.on<list_audit>([&db](const auto& q) { return db.audit->list(q.filter, q.page); }),
      [&st, now](const rotate_master_key& q) {
        st.rotate(guarded("store", [&] { return st.stores->rotation->begin(now(), q.by); }), q.answer);
      },
      [&st](const rotate_further& q) {
        st.rotate(guarded("store", [&] { return st.stores->rotation->go_on(q.state); }), q.answer);
      },
      st.on<begin_idempotent>([&db, now](const auto& q) { return take_idempotency_key(*db.idempotency, q, now()); }),
      st.on<finish_idempotent>([&db](const auto& q) { return keep_answer(*db.idempotency, q); }),
      st.on<raise_alert>([&db, now](const auto& q) { return db.alerts->raise(q.cause, now(), q.tell); }),
      st.on<resolve_alert>(
          [&db, now](const auto& q) { return db.alerts->resolve(q.key, q.unseen_since, now(), q.tell); }),
      st.on<list_open_alerts>([&db](const auto& q) { return db.alerts->open(q.most); }),
      st.on<list_alerts>([&db](const auto& q) { return db.alerts->list(q.filter, q.page); }),
      st.on<acknowledge_alert>([&db, now](const auto& q) { return db.alerts->acknowledge(q.alert, now(), q.by); }),
      st.on<take_deliveries>([&db, now](const auto& q) { return take(*db.alerts, q, now()); }),
      st.on<finish_delivery>([&db, now](const auto& q) { return finish(*db.alerts, q, now()); }),
      st.on<enqueue_message>([&db](const auto& q) { return db.outbox->enqueue(q.message, q.priority, q.spending); }),
      st.on<claim_messages>([&db](const auto& q) { return db.outbox->claim(q.mine, q.tenant, q.wish); }),
      st.on<settle_messages>(
          [&db](const auto& q) { return db.outbox->settle(q.mine, q.tenant, q.results, q.spending, q.doubts); }),
      st.on<resolve_message>([&db, now](const auto& q) {
        return db.outbox->resolve(q.mine, q.tenant, q.message, q.candidates, q.resend_unclear, q.doubts, now());
      }),
      st.on<decide_message>(
          [&db, now](const auto& q) { return db.outbox->decide(q.tenant, q.message, q.went_out, now()); }),
      st.on<list_due_companies>([&db, now](const auto& q) { return db.outbox->due(now(), q.most); }),
      st.on_unless_stuck<ping_database>([&db](const auto&) { return round_trip(db); }),
  };
}

} // namespace trunkline::actors

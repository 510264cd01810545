#include "persistence/event_log.hpp"
#include "persistence/inbox_events.hpp"
#include "persistence/inbox_writer.hpp"
#include "persistence/session.hpp"
#include "persistence/stores.hpp"

namespace trunkline::persistence {

namespace {

/// The inbox's statements live as long as the connection they are prepared on.
struct prepared_inbox {
  explicit prepared_inbox(soci::session& sql)
      : writer(sql.get_backend_name() == "postgresql" ? make_postgresql_inbox(sql) : make_sqlite_inbox(sql)) {}
  std::shared_ptr<inbox_writer> writer;
};

bool is_fault_of_a_row(const sql_failure& failure) {
  return failure.kind == failure_kind::bad_data || failure.kind == failure_kind::unique;
}

/// Locks in the order in which everybody does: calls, messages, opt-outs, channels, and at last the events' counters.
void store(const session& connection, soci::session& sql, inbox_writer& writer, std::span<inbox_entry> entries) {
  const auto kind = connection.kind();
  auto watched = connection.watched().now();
  if (watched->version < 0)
    watched = connection.watched().read_again(sql, kind);
  while (!writer.insert_events(entries, *watched))
    watched = connection.watched().read_again(sql, kind);
  inbox_facts facts(entries);
  if (!facts.calls.empty())
    writer.merge_calls(facts.calls);
  if (!facts.messages.empty())
    facts.keep_touches_of(writer.insert_messages(facts.messages));
  if (!facts.message_changes.empty())
    writer.change_messages(facts.message_changes);
  if (!facts.opt_outs.empty())
    writer.change_opt_outs(facts.opt_outs);
  touch_channels(sql, kind, facts.touches);
  append_events(events_of(sql, kind, facts, *watched));
}

class sql_inbox_store final : public inbox_store {
public:
  explicit sql_inbox_store(std::unique_ptr<session> connection) : session_(std::move(connection)) {}

  core::expected<std::vector<inbox_outcome>> record(const std::vector<const core::webhook_event*>& events) override {
    inbox_batch batch(events);
    if (batch.entries().empty())
      return batch.outcomes();
    bool at_once = false, one_is_bad = false;
    auto stored = session_->run("storing webhooks", access::read, [&](soci::session&) {
      return attempt(batch, one_is_bad, [&](inbox_writer& writer) {
        at_once = writer.store_at_once(batch.entries(), *session_->watched().now());
      });
    });
    if (stored && !at_once)
      stored = session_->run("storing webhooks", access::write, [&](soci::session& sql) {
        return attempt(batch, one_is_bad,
                       [&](inbox_writer& writer) { store(*session_, sql, writer, batch.entries()); });
      });
    if (!stored && one_is_bad)
      stored = session_->run("storing webhooks one by one", access::write,
                             [&](soci::session& sql) { return store_one_by_one(sql, batch); });
    if (!stored)
      return core::fail(std::move(stored.error()));
    return batch.outcomes();
  }

private:
  template <class Store>
  core::expected<void> attempt(inbox_batch& batch, bool& one_is_bad, Store store) {
    batch.start_again();
    try {
      store(*session_->local<prepared_inbox>().writer);
      return {};
    } catch (...) {
      auto failure = translate("storing webhooks");
      if (!is_fault_of_a_row(failure))
        throw;
      session_->forget<prepared_inbox>();
      one_is_bad = true;
      return core::fail(std::move(failure.error));
    }
  }

  /// One bad row must not take its batch along.
  core::expected<void> store_one_by_one(soci::session& sql, inbox_batch& batch) {
    batch.start_again();
    for (auto& entry : batch.entries()) {
      run_script(sql, session_->kind(), "savepoint one_event");
      try {
        store(*session_, sql, *session_->local<prepared_inbox>().writer, std::span(&entry, 1));
      } catch (...) {
        auto failure = translate("storing one webhook");
        if (!is_fault_of_a_row(failure))
          throw;
        run_script(sql, session_->kind(), "rollback to savepoint one_event");
        session_->forget<prepared_inbox>();
        entry.won = false;
        entry.refused = core::error{core::ec::malformed_webhook,
                                    "The webhook holds values that cannot be stored.",
                                    std::move(failure.error.context),
                                    {}};
      }
      run_script(sql, session_->kind(), "release savepoint one_event");
    }
    return {};
  }

  std::unique_ptr<session> session_;
};

} // namespace

std::unique_ptr<inbox_store> make_inbox_store(database& db) { return std::make_unique<sql_inbox_store>(db.connect()); }

} // namespace trunkline::persistence

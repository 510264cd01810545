#include "persistence/session.hpp"

#include "persistence/event_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trunkline::persistence {

/// How one try ended. `again`: nothing has happened, or all was undone, and it may go better the next time.
struct session::attempt {
  core::expected<void> result;
  bool again = false;
};

session::session(database::impl& owner) : owner_(owner), connector_(owner.address, owner.settings.connect_timeout) {}

session::~session() { disconnect(true); }

core::expected<void> session::perform(std::string_view doing, access mode, const work_function& work) {
  const auto deadline = std::chrono::steady_clock::now() + owner_.settings.statement_deadline;
  std::unique_lock<std::timed_mutex> turn;
  if (kind() == dialect::sqlite && mode == access::write) {
    turn = std::unique_lock(owner_.writer, deadline);
    if (!turn)
      return core::fail(
          core::ec::database_unavailable, "The database is not available.",
          fmt::format("{}: others were writing for {} ms", doing, owner_.settings.statement_deadline.count()));
  }
  attempt last;
  do
    last = try_once(doing, mode, work, deadline);
  while (last.again && std::chrono::steady_clock::now() < deadline);
  return last.result;
}

session::attempt session::try_once(std::string_view doing, access mode, const work_function& work,
                                   time_point deadline) {
  const bool fresh = sql_ == nullptr;
  if (fresh) {
    if (auto connected = connect(); !connected.result)
      return connected;
    deadline = std::chrono::steady_clock::now() + owner_.settings.statement_deadline; // connecting has one of its own
  }

  bool begun = false;
  auto watch = std::make_optional<watchdog::guard>(owner_.deadlines, deadline, cut_of(*sql_, kind()));
  try {
    begin(mode);
    begun = mode != access::read;
    pending_events events;
    auto result = work(*sql_);
    if (begun && result) {
      const bool kept = events.number(*sql_, kind(), owner_.watched);
      sql_->commit();
      if (kept)
        owner_.events.ring();
    }
    if (begun && !result && !roll_back()) {
      watch.reset();
      disconnect(false);
    }
    return {std::move(result), false};
  } catch (...) {
    auto failure = translate(doing);
    const bool late = watch->fired();
    const bool usable = !late && failure.kind != failure_kind::connection && (!begun || roll_back());
    locals_.clear(); // SOCI 4.0.3 would leak what a statement that has thrown had bound, were it executed again
    watch.reset();   // before the connection it would cut goes away
    if (late)
      failure.error.context =
          fmt::format("{}: no answer within {} ms", doing, owner_.settings.statement_deadline.count());
    if (!usable)
      disconnect(false);
    // A connection that died while nobody looked is found out at the first word, before anything has happened.
    const bool was_stale = failure.kind == failure_kind::connection && !fresh && !begun;
    return {core::fail(std::move(failure.error)), !late && (was_stale || failure.kind == failure_kind::conflict)};
  }
}

void session::begin(access mode) {
  switch (mode) {
  case access::read:
    break;
  case access::snapshot:
    run_script(*sql_, kind(), kind() == dialect::sqlite ? "begin" : "begin isolation level repeatable read read only");
    break;
  case access::write:
    run_script(*sql_, kind(), kind() == dialect::sqlite ? "begin immediate" : "begin");
    break;
  }
}

session::attempt session::connect() {
  auto dialed = connector_.dial();
  if (!dialed)
    return {core::fail(std::move(dialed.error())), false};
  sql_ = std::move(dialed->sql);
  auto ready = set_up_in_time();
  if (!ready)
    disconnect(false);
  const bool again = !ready && dialed->left_over;
  return {std::move(ready), again};
}

/// Within a deadline that begins now: whoever has waited long for a connection, or for his turn, would get none ready
/// with what is left of his own, however often he tried.
core::expected<void> session::set_up_in_time() {
  const auto deadline = std::chrono::steady_clock::now() + owner_.settings.statement_deadline;
  const watchdog::guard watch(owner_.deadlines, deadline, cut_of(*sql_, kind()));
  try {
    if (owner_.checkpoints)
      owner_.checkpoints->attach(*sql_);
    return set_up(*sql_, kind(), owner_.settings.statement_deadline);
  } catch (...) {
    return core::fail(translate("setting up a connection").error);
  }
}

/// False leaves a connection that nobody can trust.
bool session::roll_back() {
  try {
    run_script(*sql_, kind(), "rollback");
    locals_.clear();
    return true;
  } catch (...) {
    return false;
  }
}

void session::disconnect(bool in_order) {
  if (!sql_)
    return;
  {
    const auto cut = cut_of(*sql_, kind());
    if (!in_order)
      cut();
    // Dropping prepared statements asks the server, which may not answer.
    const watchdog::guard watch(owner_.deadlines, std::chrono::steady_clock::now() + std::chrono::seconds(1), cut);
    locals_.clear();
  }
  sql_.reset();
}

} // namespace trunkline::persistence

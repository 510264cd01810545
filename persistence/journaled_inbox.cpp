#include "persistence/journaled_inbox.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"
#include "persistence/inbox_batch.hpp"
#include "persistence/journal_codec.hpp"

#include <algorithm>
#include <map>

namespace trunkline::persistence {

namespace {

core::gauge oldest_seconds("trunkline_journal_oldest_seconds", "How long the oldest webhook of the journal has waited");

/// There is one gauge and a journal per worker: the one that waits longest counts.
void tell_oldest(const void* whose, std::optional<core::timestamp> since) {
  static std::mutex lock;
  static std::map<const void*, int64_t> waiting;
  const std::lock_guard held(lock);
  if (since)
    waiting[whose] = std::max<int64_t>(0, (core::system_clock().now().ms - since->ms) / 1000);
  else
    waiting.erase(whose);
  int64_t longest = 0;
  for (const auto& [ignored, seconds] : waiting)
    longest = std::max(longest, seconds);
  oldest_seconds.set(longest);
}

} // namespace

journaled_inbox::journaled_inbox(std::unique_ptr<inbox_store> database, journaled_inbox_settings settings)
    : settings_(std::move(settings)), database_(std::move(database)) {}

core::expected<std::unique_ptr<journaled_inbox>> journaled_inbox::open(std::unique_ptr<inbox_store> database,
                                                                       journaled_inbox_settings settings) {
  std::unique_ptr<journaled_inbox> made(new journaled_inbox(std::move(database), std::move(settings)));
  auto found = journal::open(made->settings_.folder, made->settings_.limits,
                             [&](const core::webhook_event& event) { made->remember(event); });
  if (!found)
    return core::fail(found.error());
  made->journal_.emplace(std::move(*found));
  made->drain_.emplace(*made->journal_);
  made->away_ = !made->journal_->empty();
  made->drainer_ = std::thread([inbox = made.get()] { inbox->keep_draining(); });
  return made;
}

journaled_inbox::~journaled_inbox() {
  {
    const std::lock_guard held(lock_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (drainer_.joinable())
    drainer_.join();
  tell_oldest(this, std::nullopt);
}

bool journaled_inbox::drained() const {
  const std::lock_guard held(lock_);
  return !away_;
}

core::expected<std::vector<inbox_outcome>>
journaled_inbox::record(const std::vector<const core::webhook_event*>& batch) {
  const held_lock held(lock_);
  if (away_)
    return keep(batch);
  auto stored = database_->record(batch);
  if (stored || stored.error().code != core::ec::database_unavailable)
    return stored;
  auto kept = keep(batch);
  if (!kept)
    return stored;
  log::warn(log::no_request, "inbox: the database is away, webhooks go to the journal: {}", stored.error().context);
  away_ = !journal_->empty(); // what can not be stored anywhere is not there either
  responsive_ = false;
  silent_until_ = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  changed_.notify_all();
  return kept;
}

core::expected<std::vector<inbox_outcome>> journaled_inbox::keep(const std::vector<const core::webhook_event*>& batch) {
  inbox_batch sorted(batch);
  std::vector<const inbox_entry*> fresh;
  for (auto& entry : sorted.entries()) {
    const auto known = first_answers_.find(encode_key(entry.event->key));
    entry.won = known == first_answers_.end();
    if (entry.won)
      fresh.push_back(&entry);
    else
      entry.stored_answer = known->second;
  }
  std::sort(fresh.begin(), fresh.end(), [](const auto* a, const auto* b) { return a->arrived < b->arrived; });
  std::vector<const core::webhook_event*> in_turn;
  for (const auto* entry : fresh)
    in_turn.push_back(entry->event);
  if (auto kept = journal_->append(in_turn); !kept)
    return core::fail(kept.error());
  for (const auto* event : in_turn)
    remember(*event);
  return sorted.outcomes();
}

void journaled_inbox::keep_draining() {
  held_lock held(lock_);
  auto pause = settings_.first_pause;
  while (!stopping_) {
    changed_.wait(held, [this] { return away_ || stopping_; });
    if (stopping_)
      return;
    if (drain_one_batch(held)) {
      pause = settings_.first_pause;
      continue;
    }
    changed_.wait_for(held, pause, [this] { return stopping_; });
    pause = std::min(2 * pause, settings_.longest_pause);
  }
}

/// With the lock except while the database is asked; but when little is left, record() waits until that is stored, or
/// the journal would never be empty under load. False: the database is still away.
bool journaled_inbox::drain_one_batch(held_lock& held) {
  const auto batch = drain_->next();
  tell_oldest(this, drain_->oldest());
  if (batch.empty()) {
    finish();
    return true;
  }
  const bool hand_over = responsive_ && drain_->left() <= settings_.hand_over_at;
  if (!hand_over)
    held.unlock();
  core::expected<std::vector<inbox_outcome>> outcomes;
  try {
    outcomes = database_->record(batch);
  } catch (const std::exception& problem) {
    outcomes = core::fail(core::ec::internal_error, {}, problem.what());
  }
  if (!hand_over)
    held.lock();
  responsive_ = outcomes.has_value();
  if (!responsive_) {
    say_that_it_waits(outcomes.error());
    drain_->failed();
    return false;
  }
  drained_now(batch);
  drain_->stored(*outcomes);
  return true;
}

/// Once a minute: it may be that the database is there and takes nothing, and only this says why.
void journaled_inbox::say_that_it_waits(const core::error& why) {
  const auto now = std::chrono::steady_clock::now();
  if (now < silent_until_)
    return;
  silent_until_ = now + std::chrono::minutes(1);
  log::error(log::no_request, "ALERT JOURNAL_WAITING {} webhooks wait for the database: {}", drain_->left(),
             why.context);
}

void journaled_inbox::finish() {
  away_ = false;
  first_answers_.clear();
  drained_keys_.clear();
  log::info(log::no_request, "inbox: everything of the journal is in the database");
}

void journaled_inbox::remember(const core::webhook_event& event) {
  first_answers_.try_emplace(encode_key(event.key), event.answer);
}

/// Their answers are still the first ones, but not for ever: where the database is as slow as webhooks come, the
/// journal may be in use for long.
void journaled_inbox::drained_now(const std::vector<const core::webhook_event*>& batch) {
  for (const auto* event : batch)
    drained_keys_.push_back(encode_key(event->key));
  for (; drained_keys_.size() > settings_.remembered; drained_keys_.pop_front())
    first_answers_.erase(drained_keys_.front());
}

} // namespace trunkline::persistence

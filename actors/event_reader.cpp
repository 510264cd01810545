#include "actors/event_reader.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"

#include <algorithm>
#include <set>

namespace trunkline::actors {

namespace {

using ms = std::chrono::milliseconds;

core::gauge viewers("trunkline_live_viewers", "Browsers that are told live events");

constexpr size_t events_at_once = 64, newcomers_at_once = 100, rows_at_once = 500;
constexpr int64_t between_rounds_ms = 10, longest_start_ms = 1'000;
constexpr int64_t second_ms = 1'000, refresh_ms = 5'000, watch_on_ms = 3'600'000, clean_ms = 600'000;
constexpr int64_t lapse_ms = 26 * 3'600'000; ///< a day, and twice the hour that may pass before it is written again

template <class Subject>
std::optional<told_event> about(const core::kept_event& event, const std::unordered_map<std::string, Subject>& all) {
  const auto found = all.find(event.subject);
  if (found == all.end())
    return std::nullopt;
  return told_event{event.seq, event.type, found->second};
}

/// None if what it is about is gone, or nothing that is known here.
std::optional<told_event> with_subject(const core::kept_event& event, const persistence::event_subjects& known) {
  if (!event.data.empty())
    return told_event{event.seq, event.type, event.data};
  switch (event.type) {
  case core::live_event_type::new_message:
  case core::live_event_type::message_status:
    return about(event, known.messages);
  case core::live_event_type::channel_updated:
    return about(event, known.channels);
  case core::live_event_type::call_updated:
    return about(event, known.calls);
  case core::live_event_type::alert:
    return about(event, known.alerts);
  case core::live_event_type::campaign_progress:
  case core::live_event_type::resync:
    break;
  }
  return std::nullopt;
}

core::error ending() { return {core::ec::not_ready, "This node is about to end. Connect to another one.", "", {}}; }

told_event history_is_gone(int64_t seq) {
  return {seq, core::live_event_type::resync, std::string(core::history_gone)};
}

} // namespace

event_reader::event_reader(parts p) : parts_(std::move(p)), audience_(parts_.settings.audience) {
  const auto now = parts_.clock.steady();
  looked_at_ = refreshed_at_ = watched_at_ = cleaned_at_ = now;
  thread_ = std::thread([this] { run(); });
}

event_reader::~event_reader() {
  stopping_ = true;
  parts_.news->wake();
  thread_.join();
  viewers.set(0);
}

core::expected<void> event_reader::watch(watch_company question) {
  const auto& settings = parts_.settings;
  {
    const std::lock_guard held(lock_);
    if (closing_)
      return core::fail(ending());
    auto& of_company = viewers_[question.company.value];
    if (all_viewers_ >= settings.most_viewers || of_company >= settings.most_of_a_company)
      return core::fail(core::ec::overloaded, "Too many browsers are connected. Try again later.");
    ++of_company, ++all_viewers_;
    viewers.set(static_cast<int64_t>(all_viewers_));
    asked_.push_back(std::move(question));
  }
  parts_.news->wake();
  return {};
}

void event_reader::close() {
  {
    const std::lock_guard held(lock_);
    closing_ = true;
  }
  parts_.news->wake();
}

void event_reader::run() {
  bool busy = false;
  while (!stopping_) {
    parts_.news->wait(patience(busy));
    if (stopping_)
      break;
    auto now = parts_.clock.steady();
    if (const auto early = told_at_.ms + between_rounds_ms - now.ms; early > 0 && early <= between_rounds_ms)
      std::this_thread::sleep_for(ms(early)); // what comes meanwhile is told at once
    take_in();
    now = parts_.clock.steady();
    let_in(now);
    told_at_ = now;
    busy = tell_news(now);
    keep_house(now);
  }
  send_all_away();
}

void event_reader::send_all_away() {
  const auto why = ending();
  std::vector<watch_company> asked;
  {
    const std::lock_guard held(lock_);
    asked.swap(asked_);
  }
  for (const auto& one : asked)
    one.viewer->refuse(why);
  for (const auto& one : newcomers_)
    one.who.viewer->refuse(why);
  newcomers_.clear();
  audience_.end_all();
}

ms event_reader::patience(bool busy) const {
  if (busy || more_asked_ || !newcomers_.empty())
    return ms(between_rounds_ms);
  return audience_.waits_for_room() ? ms(20) : ms(second_ms);
}

/// A company is asked for once, however many come back to it at the same time; and if one can not be asked for, which
/// takes a while, none of the others is now.
void event_reader::take_in() {
  std::map<core::tenant_id, persistence::watch_start> starts;
  std::optional<core::error> failed;
  for (auto& who : next_asked()) {
    auto start = starts.find(who.company);
    if (start == starts.end() && !failed && !stopping_) {
      if (auto begun = parts_.store->watch(who.company, parts_.clock.now()))
        start = starts.emplace(who.company, *begun).first;
      else
        failed = begun.error();
    }
    if (start != starts.end())
      newcomers_.push_back({std::move(who), start->second, parts_.clock.steady()});
    else
      who.viewer->refuse(failed.value_or(ending()));
  }
}

std::vector<watch_company> event_reader::next_asked() {
  const std::lock_guard held(lock_);
  const auto end = asked_.begin() + static_cast<std::ptrdiff_t>(std::min(asked_.size(), newcomers_at_once));
  std::vector<watch_company> next(std::make_move_iterator(asked_.begin()), std::make_move_iterator(end));
  asked_.erase(asked_.begin(), end);
  more_asked_ = !asked_.empty();
  return next;
}

void event_reader::let_in(core::steady_time now) {
  if (newcomers_.empty())
    return;
  const auto settled = parts_.store->settled_to();
  const auto waits = [&](const newcomer& one) {
    const bool nobody_is_left = settled && *settled >= one.start.horizon;
    return !nobody_is_left && now.ms - one.asked_at.ms < longest_start_ms;
  };
  const auto ready = std::stable_partition(newcomers_.begin(), newcomers_.end(), waits);
  for (auto one = ready; one != newcomers_.end(); ++one)
    seat(std::move(*one), now);
  newcomers_.erase(ready, newcomers_.end());
}

/// Whoever has heard of events that there are not comes from another history.
void event_reader::seat(newcomer one, core::steady_time now) {
  const auto head = one.start.last_seq;
  const auto after = one.who.after.value_or(head);
  one.who.viewer->begin();
  if (after > head)
    one.who.viewer->tell(parts_.write(history_is_gone(head)));
  audience_.add(std::move(one.who), std::min(after, head), head, now);
}

/// True if there is more to tell.
bool event_reader::tell_news(core::steady_time now) {
  const auto companies = audience_.companies();
  if (companies.empty())
    return false;
  const auto heads = parts_.store->heads(companies);
  if (!heads) {
    say_that_it_fails(heads.error());
    return false;
  }
  bool more = false;
  for (const auto& errand : audience_.errands(*heads, now))
    more = carry_out(errand, now) || more;
  return more;
}

bool event_reader::carry_out(const event_audience::errand& errand, core::steady_time now) {
  auto events = parts_.store->read(errand.company, errand.after, events_at_once);
  auto known = events ? parts_.store->subjects(errand.company, *events) : core::fail(events.error());
  if (!known) {
    say_that_it_fails(known.error());
    return false;
  }
  const event_audience::voice voice{[&](const core::kept_event& event) -> event_frame {
                                      const auto full = with_subject(event, *known);
                                      return full ? parts_.write(*full) : nullptr;
                                    },
                                    [&](int64_t seq) { return parts_.write(history_is_gone(seq)); }};
  audience_.tell(errand, *events, voice, now);
  return !events->empty() && events->back().seq < errand.head;
}

void event_reader::keep_house(core::steady_time now) {
  const auto due = [now](core::steady_time& last, int64_t every) {
    const bool is_due = now.ms - last.ms >= every;
    if (is_due)
      last = now;
    return is_due;
  };
  bool closing = false;
  {
    const std::lock_guard held(lock_);
    closing = closing_;
  }
  if (closing)
    send_all_away();
  if (!due(looked_at_, second_ms) && !closing)
    return;
  audience_.look_after(now);
  count();
  if (due(refreshed_at_, refresh_ms))
    if (auto done = parts_.store->refresh(); !done)
      say_that_it_fails(done.error());
  if (due(watched_at_, watch_on_ms))
    watch_on();
  if (due(cleaned_at_, clean_ms)) {
    if (auto done = parts_.store->let_lapse({parts_.clock.now().ms - lapse_ms}); !done)
      say_that_it_fails(done.error());
    if (!pruned_to_)
      pruned_to_.emplace();
  }
  if (pruned_to_)
    prune();
}

void event_reader::watch_on() {
  const auto companies = audience_.companies();
  if (companies.empty())
    return;
  const auto all = parts_.store->still_watched(companies, parts_.clock.now());
  if (all && *all)
    return;
  for (const auto& company : companies) // one has lapsed, or it can not be asked: then it will be the next time
    if (auto done = parts_.store->watch(company, parts_.clock.now()); !done)
      return say_that_it_fails(done.error());
}

void event_reader::prune() {
  const core::timestamp before{parts_.clock.now().ms - parts_.settings.keep_ms};
  auto next = parts_.store->prune(*pruned_to_, before, parts_.settings.keep_count, rows_at_once);
  if (!next)
    return say_that_it_fails(next.error());
  pruned_to_ = std::move(*next);
}

void event_reader::count() {
  std::unordered_map<std::string, size_t> seats;
  for (const auto& [company, here] : audience_.count())
    seats[company.value] = here;
  for (const auto& one : newcomers_)
    ++seats[one.who.company.value];
  const std::lock_guard held(lock_);
  for (const auto& one : asked_)
    ++seats[one.company.value];
  viewers_ = std::move(seats);
  all_viewers_ = 0;
  for (const auto& [company, here] : viewers_)
    all_viewers_ += here;
  viewers.set(static_cast<int64_t>(all_viewers_));
}

void event_reader::say_that_it_fails(const core::error& why) {
  constexpr int64_t a_minute = 60'000;
  const auto now = parts_.clock.steady();
  if (complained_at_.ms != 0 && now.ms - complained_at_.ms < a_minute)
    return;
  complained_at_ = now;
  log::warn(log::no_request, "live events: {}", why.context);
}

} // namespace trunkline::actors

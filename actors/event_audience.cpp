#include "actors/event_audience.hpp"

#include "core/metrics.hpp"

#include <algorithm>
#include <set>

namespace trunkline::actors {

namespace {

core::counter told("trunkline_live_events_total", "Events told to browsers");
core::counter behind("trunkline_live_viewers_behind_total", "Browsers sent away because they did not keep up");

} // namespace

void event_audience::add(watch_company who, int64_t position, int64_t head, core::steady_time now) {
  auto& house = houses_[who.company];
  const bool has_group =
      std::any_of(house.seats.begin(), house.seats.end(), [](const seat& one) { return one.in_group; });
  if (!has_group)
    house.position = head;
  house.seats.push_back({std::move(who), position, position >= house.position, now, now});
}

std::vector<core::tenant_id> event_audience::companies() const {
  std::vector<core::tenant_id> all;
  all.reserve(houses_.size());
  for (const auto& [company, house] : houses_)
    all.push_back(company);
  return all;
}

std::vector<std::pair<core::tenant_id, size_t>> event_audience::count() const {
  std::vector<std::pair<core::tenant_id, size_t>> all;
  for (const auto& [company, house] : houses_)
    all.emplace_back(company, house.seats.size());
  return all;
}

/// Many frames for many viewers take a while to leave, which is no viewer's fault. One that does not read at all is
/// found out when the patience is over.
bool event_audience::has_time(const house& of, core::steady_time now) const {
  size_t group = 0, full = 0;
  for (const auto& one : of.seats)
    if (one.in_group) {
      ++group;
      full += has_room(one) ? 0 : 1;
    }
  return 2 * full < group || now.ms - of.told_at.ms >= settings_.patience_ms;
}

std::vector<event_audience::errand>
event_audience::errands(const std::vector<std::pair<core::tenant_id, int64_t>>& heads, core::steady_time now) {
  std::vector<errand> out;
  waits_ = false;
  for (const auto& [company, head] : heads) {
    const auto found = houses_.find(company);
    if (found == houses_.end())
      continue;
    const auto& house = found->second;
    std::set<int64_t> places;
    bool group = false;
    for (const auto& one : house.seats) {
      group = group || one.in_group;
      if (one.in_group)
        continue;
      if (has_room(one))
        places.insert(one.position);
      else
        waits_ = true;
    }
    if (group && head > house.position) {
      if (has_time(house, now))
        out.push_back({company, house.position, true, head});
      else
        waits_ = true;
    }
    for (const auto place : places)
      out.push_back({company, place, false, std::max(head, house.position)});
  }
  return out;
}

bool event_audience::is_for(const errand& done, const seat& one) const {
  return done.for_group ? one.in_group : !one.in_group && one.position == done.after && has_room(one);
}

void event_audience::say(seat& to, const event_frame& frame) const {
  if (to.in_group && is_behind(to)) {
    if (!to.who.viewer->gone())
      behind.add();
    return to.who.viewer->end();
  }
  to.who.viewer->tell(frame);
  told.add();
}

void event_audience::tell(const errand& done, const std::vector<core::kept_event>& events, const voice& says,
                          core::steady_time now) {
  const auto found = houses_.find(done.company);
  if (found == houses_.end())
    return;
  auto& house = found->second;
  std::vector<seat*> listeners;
  for (auto& one : house.seats)
    if (is_for(done, one))
      listeners.push_back(&one);
  const bool gone = events.empty() || events.front().seq != done.after + 1;
  const auto reached = gone ? done.head : events.back().seq;
  if (gone) {
    for (auto* one : listeners)
      if (one->position < reached)
        say(*one, says.resync(reached));
  } else {
    for (const auto& event : events) {
      event_frame frame;
      for (auto* one : listeners) {
        const bool wanted = one->who.channel.empty() || one->who.channel == event.channel ||
                            event.type == core::live_event_type::resync;
        if (one->position >= event.seq || !wanted)
          continue;
        if (!frame && !(frame = says.event(event)))
          break; // what it is about is gone
        say(*one, frame);
      }
    }
  }
  for (auto* one : listeners)
    one->position = std::max(one->position, reached);
  if (done.for_group) {
    house.position = reached;
    house.told_at = now;
  }
  for (auto* one : listeners)
    one->in_group = one->in_group || one->position >= house.position;
}

void event_audience::look_after(core::steady_time now) {
  for (auto& [company, house] : houses_) {
    std::erase_if(house.seats, [](const seat& one) { return one.who.viewer->gone(); });
    for (auto& one : house.seats) {
      if (now.ms - one.pinged_at.ms >= settings_.ping_ms) {
        one.pinged_at = now;
        one.who.viewer->ping();
      }
      if (now.ms - one.checked_at.ms >= settings_.check_ms) {
        one.checked_at = now;
        one.who.viewer->check();
      }
    }
  }
  std::erase_if(houses_, [](const auto& entry) { return entry.second.seats.empty(); });
}

void event_audience::end_all() {
  for (auto& [company, house] : houses_)
    for (auto& one : house.seats)
      one.who.viewer->end();
  houses_.clear();
}

} // namespace trunkline::actors

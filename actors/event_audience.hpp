#pragma once

#include "actors/live_events.hpp"
#include "core/clock.hpp"

#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace trunkline::actors {

struct audience_settings {
  size_t most_behind = 256, most_bytes_behind = 4 << 20; ///< that have not left: who has as much is sent away
  size_t room = 64, room_bytes = 1 << 20; ///< who has more than these is read no history, and has time to catch up
  int64_t patience_ms = 1'000; ///< so long most of a group may have no room before it is told more all the same
  int64_t ping_ms = 15'000;
  int64_t check_ms = 30'000; ///< so often it is asked whether somebody may still watch
};

/// Who watches which company, and how far everybody has been told. Decides without a thread or a database of its own;
/// the event reader drives it.
///
/// All who watch a company and have heard all of its events are one group and are told each event once it is there. Who
/// has come back with the number of an older event is read the history from there, at his own pace, until he has caught
/// up with the group.
class event_audience {
public:
  explicit event_audience(audience_settings settings = {}) : settings_(settings) {}

  /// `position`: he has heard of all events up to it. `head`: the last one there is.
  void add(watch_company who, int64_t position, int64_t head, core::steady_time now);

  std::vector<core::tenant_id> companies() const;
  /// How many watch each.
  std::vector<std::pair<core::tenant_id, size_t>> count() const;

  /// What is to be read next: the events of a company behind a number, for its group or for those who stand there.
  struct errand {
    core::tenant_id company;
    int64_t after = 0;
    bool for_group = true;
    int64_t head = 0; ///< the last event there is
  };
  /// By the last event of each company.
  std::vector<errand> errands(const std::vector<std::pair<core::tenant_id, int64_t>>& heads, core::steady_time now);
  /// Somebody has no room for what there is: it is to be looked at again soon.
  bool waits_for_room() const { return waits_; }

  /// How events become frames; each is written only if somebody hears it. A null frame is told to nobody.
  struct voice {
    std::function<event_frame(const core::kept_event&)> event;
    std::function<event_frame(int64_t seq)> resync;
  };
  /// Tells what an errand has brought. If the next event is not there any more, those whom it was for hear a resync and
  /// go on at the head.
  void tell(const errand& done, const std::vector<core::kept_event>& events, const voice& says, core::steady_time now);

  /// Signs of life, and questions whether they may still watch; who is gone is forgotten.
  void look_after(core::steady_time now);
  void end_all();

private:
  struct seat {
    watch_company who;
    int64_t position = 0;
    bool in_group = false;
    core::steady_time pinged_at, checked_at;
  };
  struct house {
    int64_t position = 0; ///< of the group
    core::steady_time told_at;
    std::vector<seat> seats;
  };

  bool has_room(const seat& one) const {
    return one.who.viewer->untold() <= settings_.room && one.who.viewer->untold_bytes() <= settings_.room_bytes;
  }
  bool is_behind(const seat& one) const {
    return one.who.viewer->untold() >= settings_.most_behind ||
           one.who.viewer->untold_bytes() >= settings_.most_bytes_behind;
  }
  bool has_time(const house& of, core::steady_time now) const;
  bool is_for(const errand& done, const seat& one) const;
  void say(seat& to, const event_frame& frame) const;

  audience_settings settings_;
  bool waits_ = false;
  std::map<core::tenant_id, house> houses_;
};

} // namespace trunkline::actors

#pragma once

#include "core/alert.hpp"
#include "core/call.hpp"
#include "core/channel.hpp"
#include "core/error.hpp"
#include "core/live_event.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace trunkline::actors {

/// An event with what it is about, as that is now.
struct told_event {
  int64_t seq = 0;
  core::live_event_type type = core::live_event_type::new_message;
  /// A text is JSON that is told as it is.
  std::variant<std::string, core::message_record, core::channel_record, core::call_record, core::alert> subject;
};

/// An event as it goes over the wire, the same bytes for all who hear it.
using event_frame = std::shared_ptr<const std::string>;
using write_event = std::function<event_frame(const told_event&)>;

/// Somebody who watches a company. All but gone() and end() are called by one thread alone, and none of them waits.
class event_viewer {
public:
  virtual ~event_viewer() = default;

  /// From now on nothing is missed.
  virtual void begin() = 0;
  /// Instead of begin(): it can not be watched now.
  virtual void refuse(const core::error& why) = 0;
  virtual void tell(const event_frame& frame) = 0;
  /// Frames that have not left yet.
  virtual size_t untold() const = 0;
  virtual size_t untold_bytes() const = 0;
  /// A sign of life.
  virtual void ping() = 0;
  /// Finds out whether he may still watch, and ends if not; perhaps later.
  virtual void check() = 0;
  virtual bool gone() const = 0;
  virtual void end() = 0;
};

struct watch_company {
  core::tenant_id company;
  core::channel_id channel;     ///< events about this one alone; empty: all
  std::optional<int64_t> after; ///< the last event he has heard of
  std::shared_ptr<event_viewer> viewer;
};

/// What browsers are told.
class live_events {
public:
  virtual ~live_events() = default;
  /// The viewer hears begin() or refuse() soon. ec::overloaded if there are too many already, ec::not_ready when
  /// nobody new is let in any more.
  virtual core::expected<void> watch(watch_company question) = 0;
};

} // namespace trunkline::actors

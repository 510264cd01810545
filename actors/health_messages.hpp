#pragma once

#include "actors/local_message.hpp"
#include "actors/reply.hpp"
#include "core/alert.hpp"
#include "core/principal.hpp"
#include "core/query.hpp"
#include "health/report.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trunkline::actors {

// -- HEALTH_MONITOR ---------------------------------------------------------------------------------------------------

/// `company` empty: of everything, or for another node of the companies that are here.
struct read_health {
  core::tenant_id company;
  reply<health::report> answer;
  bool companies_only = false;
};

struct run_health {
  core::tenant_id company;
  reply<health::report> answer;
  bool companies_only = false;
};

/// Counts a message that anybody may cause as waiting for as long as it lives.
using room_taken = std::shared_ptr<const void>;

struct cause_seen {
  core::alert_cause cause;
  room_taken room;
};

struct cause_gone {
  core::alert_key key;
  room_taken room;
};

struct company_changed {
  core::tenant_id company;
  room_taken room;
};

struct look_after_health {};

/// Something that was asked of somebody else has been answered.
struct health_news {
  std::function<void()> handle;
};

// -- STORE ------------------------------------------------------------------------------------------------------------

struct raise_alert {
  core::alert_cause cause;
  bool tell = false; ///< the outside, if it is a new one
  reply<core::alert> answer;
};

struct resolve_alert {
  core::alert_key key;
  std::optional<core::timestamp> unseen_since; ///< one seen later stays
  bool tell = false;
  reply<bool> answer;
};

struct list_open_alerts {
  size_t most = 0;
  reply<std::vector<core::open_alert>> answer;
};

struct list_alerts {
  core::alert_filter filter;
  core::page_request page;
  reply<core::page<core::alert>> answer;
};

struct acknowledge_alert {
  core::alert_id alert;
  core::author by;
  reply<core::alert> answer;
};

struct take_deliveries {
  size_t most = 0;
  std::chrono::milliseconds ours_for{0};
  reply<std::vector<core::alert_delivery>> answer;
};

struct finish_delivery {
  std::string id;
  std::optional<std::chrono::milliseconds> again_in; ///< none: done with
  reply<void> answer;
};

} // namespace trunkline::actors

TRUNKLINE_LOCAL_MESSAGE(read_health)
TRUNKLINE_LOCAL_MESSAGE(run_health)
TRUNKLINE_LOCAL_MESSAGE(cause_seen)
TRUNKLINE_LOCAL_MESSAGE(cause_gone)
TRUNKLINE_LOCAL_MESSAGE(company_changed)
TRUNKLINE_LOCAL_MESSAGE(look_after_health)
TRUNKLINE_LOCAL_MESSAGE(health_news)
TRUNKLINE_LOCAL_MESSAGE(raise_alert)
TRUNKLINE_LOCAL_MESSAGE(resolve_alert)
TRUNKLINE_LOCAL_MESSAGE(list_open_alerts)
TRUNKLINE_LOCAL_MESSAGE(list_alerts)
TRUNKLINE_LOCAL_MESSAGE(acknowledge_alert)
TRUNKLINE_LOCAL_MESSAGE(take_deliveries)
TRUNKLINE_LOCAL_MESSAGE(finish_delivery)

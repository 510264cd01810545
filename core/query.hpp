#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/tenant.hpp"
#include "core/tenant_config.hpp"
#include "core/webhook_event.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::core {

/// Newest first by (at, id). `after` is the last row of the page before.
struct page_request {
  size_t limit = 50;
  std::optional<std::pair<timestamp, std::string>> after;
};

template <class T>
struct page {
  std::vector<T> rows;
  bool more = false;
};

struct tenant_filter {
  tenant_id id;             ///< this one alone; empty for any
  std::string name_part;    ///< case-insensitive; empty for any
  std::string phone_number; ///< exact, list or legacy; empty for any
  std::optional<credential_source> source;
  std::optional<tenant_state> state;
};

struct call_filter {
  tenant_id tenant;
  std::string number; ///< either party, E.164; empty for any
  std::string status;
  std::optional<timestamp> after, before; ///< on startedAt: after <= startedAt < before
  bool voicemail_only = false;
};

struct message_filter {
  tenant_id tenant;
  std::string number; ///< either party
  std::string status, direction, campaign_id;
  std::optional<timestamp> after, before; ///< on createdAt
};

/// A webhook as it was stored.
struct stored_event {
  timestamp at;
  webhook_kind kind = webhook_kind::voice;
  std::string params; ///< the form body
};

} // namespace trunkline::core

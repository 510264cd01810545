#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"

#include <array>
#include <optional>
#include <string>

namespace trunkline::core {

/// What one webhook tells about a call. Facts arrive late, twice and in any order, so the archive row is their
/// merge(): commutative, associative, idempotent. The upsert of persistence/call_store says the same in SQL.
struct call_facts {
  static constexpr size_t max_steps = 3; ///< a fallback chain has 1..3 different modes

  std::string call_sid;
  std::string direction; ///< "inbound", "outbound-api", "outbound-dial"
  std::string from, to;  ///< E.164, or as received when the party is no number
  std::string status;    ///< Twilio's; the higher call_status_rank() wins, at a tie the greater text
  std::optional<timestamp> started_at, answered_at; ///< the earliest wins
  std::optional<timestamp> ended_at;                ///< the latest wins
  std::optional<int64_t> duration_seconds;          ///< the greatest wins
  std::string route_configured;                     ///< the routing mode when the call came in
  /// One encoded step of the chain each (route_step); the greatest text wins, so "failed" replaces "taken".
  std::array<std::string, max_steps> steps;
  /// "<rank>|<sid>|<status>|<seconds>|<source url>" (call_recording); the greatest text wins.
  std::string recording;
  /// "<rank>|<status>|<text>" (call_transcription); the greatest text wins.
  std::string transcription;

  friend bool operator==(const call_facts&, const call_facts&) = default;
};

/// queued 0, initiated 1, ringing 2, in-progress 3, the final ones 4; unknown or empty -1.
int call_status_rank(std::string_view status);

call_facts merge(call_facts a, const call_facts& b);

/// A step of the fallback chain as it is kept in call_facts::steps. `result`: taken | skipped | failed.
struct route_step {
  std::string mode, result, reason; ///< reason is empty for none
  timestamp at;

  std::string encode() const;
  static std::optional<route_step> decode(std::string_view text);
  friend bool operator==(const route_step&, const route_step&) = default;
};

struct call_recording {
  std::string sid, status; ///< status: in-progress | completed | absent
  std::optional<int64_t> duration_seconds;
  std::string source_url;

  std::string encode() const;
  static std::optional<call_recording> decode(std::string_view text);
  friend bool operator==(const call_recording&, const call_recording&) = default;
};

struct call_transcription {
  std::string status, text; ///< status: completed | failed

  std::string encode() const;
  static std::optional<call_transcription> decode(std::string_view text);
  friend bool operator==(const call_transcription&, const call_transcription&) = default;
};

/// A row of the archive.
struct call_record {
  call_id id;
  tenant_id tenant;
  call_facts facts;
};

} // namespace trunkline::core

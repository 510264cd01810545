#pragma once

#include "sim/faults.hpp"
#include "sim/http_types.hpp"
#include "sim/ledger.hpp"
#include "sim/state.hpp"
#include "sim/webhook_target.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <unordered_map>

namespace trunkline::sim {

/// How long things take; may be changed while running (POST /sim/settings).
struct pace {
  int64_t sent_after_ms = 20, delivered_after_ms = 20; ///< of a message, each after the step before
  int64_t ringing_after_ms = 20, answered_after_ms = 50, completed_after_ms = 100; ///< of an outgoing call
  bool queued_callback = false; ///< Twilio reports "queued" only on some paths
};

struct http_call {
  webhook_target target;
  std::string method = "POST", body;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct http_answer {
  int status = 0; ///< 0: there was none, see `problem`
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {}, problem = {};
  int64_t duration_ms = 0;
  int attempts = 1; ///< 2 when a kept connection had died and the request went out again on a new one
};

/// Time and network, so that everything else can be tested without them.
class outside {
public:
  virtual ~outside() = default;
  /// Runs `work` once the time has passed; false, and never, when too much is waiting already.
  virtual bool after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
  /// Calls `done` exactly once, within 30 s.
  virtual void send(http_call call, std::function<void(http_answer)> done) = 0;
};

struct world_options {
  gateway_address address;
  pace times;
  uint64_t seed = 0;
  size_t ledger_entries = 200'000;
  state_limits limits;
};

/// All that the simulator is, on one thread.
struct world {
  world(const world_options& options, const core::clock& time, outside& out)
      : clock(time),
        out(out),
        address(options.address),
        times(options.times),
        sids(options.seed),
        data(options.limits),
        book(options.ledger_entries) {}

  const core::clock& clock;
  outside& out;
  gateway_address address;
  pace times;
  sid_source sids;
  state data;
  fault_script faults;
  ledger book;
  std::unordered_map<std::string, int> under_way; ///< requests of an account that exists and have no answer yet
};

} // namespace trunkline::sim

#pragma once

#include "sim/json_reader.hpp"
#include "sim/json_writer.hpp"
#include "sim/sid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::sim {

/// What goes wrong.
///   delay           nothing but the delays below
///   status          answer `status` instead; not processed unless `processed`
///   reset_before    connection reset (RST), not processed
///   reset_after     processed, then reset: the answer is lost
///   truncate        processed, half of the answer's body, then closed
///   list_lag        lists hide what is younger than list_lag_ms
///   drop, duplicate for our own callbacks only: never sent, sent twice
enum class fault_kind : uint8_t { delay, status, reset_before, reset_after, truncate, list_lag, drop, duplicate };

/// Where a rule applies; what is empty or false matches everything.
struct fault_match {
  bool callbacks = false; ///< the simulator's callbacks instead of requests to it
  std::string method, path_prefix, path_contains, account;
};

struct fault_rule {
  int64_t id = 0;
  fault_match match;
  fault_kind kind = fault_kind::delay;
  int64_t delay_ms = 0;        ///< before processing
  int64_t answer_delay_ms = 0; ///< after processing
  int status = 500, code = 20500;
  std::string message; ///< empty: the usual one
  bool html = false, processed = false;
  int64_t retry_after_s = -1; ///< -1: no such header
  int64_t list_lag_ms = 0;
  int64_t count = -1; ///< how often it may still strike; -1: always
  double probability = 1;
  int64_t hits = 0;

  /// {"match":{"on":"request|callback","method","path_prefix","path_contains","account"},"action":"...",
  ///  "delay_ms","answer_delay_ms","status","code","message","html","processed","retry_after_s","list_lag_ms",
  ///  "count","probability"}
  static tl::expected<fault_rule, json_problem> parse(const rapidjson::Value& object);
};

/// What is asked of the script.
struct fault_subject {
  bool callback = false;
  std::string_view method, path, account;
};

/// The rules in force, at most `most` of them. The first that matches, is not used up and wins its throw strikes.
class fault_script {
public:
  static constexpr size_t most = 256;

  /// The id of the new rule, or none if there are too many.
  std::optional<int64_t> add(fault_rule rule);
  void clear() { rules_.clear(); }

  /// The rule that strikes, counted as a hit; list lags never do.
  std::optional<fault_rule> strike(const fault_subject& subject, sid_source& random);

  /// How young a row must be to be hidden from this list; 0 for no lag. Does not use up a count.
  int64_t list_lag_ms(const fault_subject& subject);

  void write(json_writer& json) const;

private:
  std::vector<fault_rule> rules_;
  int64_t last_id_ = 0;
};

} // namespace trunkline::sim

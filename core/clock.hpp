#pragma once

#include "core/error.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::core {

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
struct timestamp {
  int64_t ms = 0;

  friend bool operator==(const timestamp&, const timestamp&) = default;
  friend auto operator<=>(const timestamp&, const timestamp&) = default;
};

/// A point in time that is only good for durations: milliseconds of a clock that nobody sets.
struct steady_time {
  int64_t ms = 0;

  friend bool operator==(const steady_time&, const steady_time&) = default;
  friend auto operator<=>(const steady_time&, const steady_time&) = default;
};

/// Where the time comes from, so that tests can hold it still.
class clock {
public:
  virtual ~clock() = default;
  virtual timestamp now() const = 0;
  virtual steady_time steady() const = 0;
};

class system_clock final : public clock {
public:
  timestamp now() const override;
  steady_time steady() const override;
};

class manual_clock final : public clock {
public:
  explicit manual_clock(timestamp start) : now_(start) {}
  timestamp now() const override { return now_; }
  steady_time steady() const override { return steady_; }
  void pass_ms(int64_t ms) { now_.ms += ms, steady_.ms += ms; }
  /// Somebody sets the clock: no time passes.
  void set_by_ms(int64_t ms) { now_.ms += ms; }

private:
  timestamp now_;
  steady_time steady_{1'000'000};
};

/// "2026-11-20T17:24:05.123Z"
std::string to_rfc3339(timestamp at);

/// RFC 3339 with any offset, with or without a fraction; the error is ec::invalid_request.
expected<timestamp> parse_rfc3339(std::string_view text);

/// Twilio's form of RFC 2822, for example "Thu, 24 Aug 2023 05:01:45 +0000".
std::string to_rfc2822(timestamp at);
expected<timestamp> parse_rfc2822(std::string_view text);

} // namespace trunkline::core

#pragma once

#include "core/ids.hpp"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// One line per event, each with the id of the request it belongs to. Arguments are formatted by fmt, so that
/// core::secret and core::phone_number redact themselves. Nothing here throws, and while `background` lives, nothing
/// waits for stderr.
namespace trunkline::log {

enum class level : uint8_t { debug, info, warn, error, off };
enum class format : uint8_t { json, text };

constexpr size_t max_line = 8192; ///< bytes without the line feed; what is longer is cut and says so

/// For what happens outside of any request; printed as "-".
inline const core::request_id no_request;

/// "debug" | "info" | "warn" | "error" | "off"
std::optional<level> parse_level(std::string_view text);
/// "json" | "text"
std::optional<format> parse_format(std::string_view text);

/// From now on: lines of this level and above, in this form, to stderr; may be called at any time. Before the first
/// call: info, text.
void set_up(level lowest, format form);

/// While it lives, a thread of its own writes the lines: whoever reads stderr slowly or not at all stops nobody. Up to
/// 4,096 lines wait; then the oldest go, counted in trunkline_log_lines_dropped. Its end waits a second for the rest.
class background {
public:
  background();
  ~background();
  background(const background&) = delete;
  background& operator=(const background&) = delete;
};

/// Ends what `background` began, before the process ends without its destructor.
void finish_background() noexcept;

bool enabled(level at) noexcept;

/// Writes one event as it is; the helpers below are nicer.
void write(level at, const core::request_id& request, std::string_view message) noexcept;

namespace detail {
void write_formatted(level at, const core::request_id& request, fmt::string_view text, fmt::format_args args) noexcept;
}

template <class... Args>
void debug(const core::request_id& request, fmt::format_string<Args...> text, Args&&... args) noexcept {
  if (enabled(level::debug))
    detail::write_formatted(level::debug, request, text, fmt::make_format_args(args...));
}

template <class... Args>
void info(const core::request_id& request, fmt::format_string<Args...> text, Args&&... args) noexcept {
  if (enabled(level::info))
    detail::write_formatted(level::info, request, text, fmt::make_format_args(args...));
}

template <class... Args>
void warn(const core::request_id& request, fmt::format_string<Args...> text, Args&&... args) noexcept {
  if (enabled(level::warn))
    detail::write_formatted(level::warn, request, text, fmt::make_format_args(args...));
}

template <class... Args>
void error(const core::request_id& request, fmt::format_string<Args...> text, Args&&... args) noexcept {
  if (enabled(level::error))
    detail::write_formatted(level::error, request, text, fmt::make_format_args(args...));
}

/// While it lives, lines go to `sink` (without the line feed, from any thread, one at a time) instead of stderr, in the
/// given form and level. The last one begun is the first to end; then nothing is taken any more.
class redirection {
public:
  redirection(level lowest, format form, std::function<void(std::string_view line)> sink);
  ~redirection();
  redirection(const redirection&) = delete;
  redirection& operator=(const redirection&) = delete;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace trunkline::log

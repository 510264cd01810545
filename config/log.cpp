#include "config/log.hpp"

#include "config/log_line.hpp"
#include "core/metrics.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

namespace trunkline::log {

namespace {

// spdlog has no request id. It travels in front of the text, ended by a byte that neither of the two can hold unescaped
// by accident: whatever the text is, the first one is ours.
constexpr char end_of_request = '\x1f';

class line_formatter final : public spdlog::formatter {
public:
  explicit line_formatter(log::format form) : form_(form) {}

  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& out) override {
    std::string_view payload(msg.payload.data(), msg.payload.size()), request;
    if (const auto end = payload.find(end_of_request); end != std::string_view::npos) {
      request = payload.substr(0, end);
      payload.remove_prefix(end + 1);
    }
    const auto level = spdlog::level::to_string_view(msg.level);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(msg.time.time_since_epoch()).count();
    const event what{{ms},
                     msg.level == spdlog::level::warn ? "warn" : std::string_view(level.data(), level.size()),
                     request,
                     payload};
    const auto line = form_ == log::format::json ? json_line(what) : text_line(what);
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<line_formatter>(form_); }

private:
  log::format form_;
};

class function_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit function_sink(std::function<void(std::string_view)> take) : take_(std::move(take)) {}

  /// Nothing is taken any more when this returns: a thread may still hold the logger.
  void close() {
    const std::lock_guard lock(mutex_);
    take_ = nullptr;
  }

private:
  void sink_it_(const spdlog::details::log_msg& msg) override {
    if (!take_)
      return;
    spdlog::memory_buf_t line;
    formatter_->format(msg, line);
    take_({line.data(), line.size() - 1});
  }
  void flush_() override {}

  std::function<void(std::string_view)> take_;
};

spdlog::level::level_enum to_spdlog(level at) {
  switch (at) {
  case level::debug:
    return spdlog::level::debug;
  case level::info:
    return spdlog::level::info;
  case level::warn:
    return spdlog::level::warn;
  case level::error:
    return spdlog::level::err;
  case level::off:
    return spdlog::level::off;
  }
  return spdlog::level::info;
}

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink, level lowest, format form) {
  auto made = std::make_shared<spdlog::logger>("trunkline", std::move(sink));
  made->set_formatter(std::make_unique<line_formatter>(form));
  made->set_level(to_spdlog(lowest));
  made->flush_on(spdlog::level::trace);               // stderr: a line that matters must not wait for the next one
  made->set_error_handler([](const std::string&) {}); // a full or closed stderr is no reason to fail a request
  return made;
}

/// The same, by a thread of its own.
std::shared_ptr<spdlog::logger> written_behind(const spdlog::logger& plain,
                                               const std::shared_ptr<spdlog::details::thread_pool>& writer) {
  auto made = std::make_shared<spdlog::async_logger>("trunkline", plain.sinks().begin(), plain.sinks().end(), writer,
                                                     spdlog::async_overflow_policy::overrun_oldest);
  made->set_level(plain.level());
  made->set_error_handler([](const std::string&) {});
  return made;
}

struct current_logger {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger =
      make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>(), level::info, format::text);
  std::atomic<level> lowest{level::info};
  std::shared_ptr<spdlog::details::thread_pool> writer; ///< while there is a background
};

core::gauge dropped("trunkline_log_lines_dropped", "Log lines given up because stderr was not read fast enough");

current_logger& current() {
  static auto* const one = new current_logger; // never destroyed: threads may log until the process is gone
  return *one;
}

void replace(spdlog::sink_ptr sink, level lowest, format form) {
  auto fresh = make_logger(std::move(sink), lowest, form);
  const std::lock_guard lock(current().mutex);
  current().logger = std::move(fresh);
  current().lowest = lowest;
}

} // namespace

std::optional<level> parse_level(std::string_view text) {
  for (const auto& [name, value] : {std::pair<std::string_view, level>{"debug", level::debug},
                                    {"info", level::info},
                                    {"warn", level::warn},
                                    {"error", level::error},
                                    {"off", level::off}})
    if (text == name)
      return value;
  return std::nullopt;
}

std::optional<format> parse_format(std::string_view text) {
  if (text == "json")
    return format::json;
  return text == "text" ? std::optional(format::text) : std::nullopt;
}

void set_up(level lowest, format form) {
  auto fresh = make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>(), lowest, form);
  const std::lock_guard lock(current().mutex);
  auto& now = current();
  now.logger = now.writer ? written_behind(*fresh, now.writer) : std::move(fresh);
  now.lowest = lowest;
}

background::background() {
  constexpr size_t lines = 4096;
  const std::lock_guard lock(current().mutex);
  auto& now = current();
  now.writer = std::make_shared<spdlog::details::thread_pool>(lines, 1);
  now.logger = written_behind(*now.logger, now.writer);
}

background::~background() { finish_background(); }

void finish_background() noexcept {
  try {
    std::shared_ptr<spdlog::details::thread_pool> writer;
    {
      const std::lock_guard lock(current().mutex);
      auto& now = current();
      writer = std::move(now.writer);
      if (!writer)
        return;
      auto fresh =
          std::make_shared<spdlog::logger>("trunkline", now.logger->sinks().begin(), now.logger->sinks().end());
      fresh->set_level(now.logger->level());
      fresh->set_error_handler([](const std::string&) {});
      now.logger = std::move(fresh);
    }
    std::packaged_task<void()> write_the_rest([writer = std::move(writer)]() mutable { writer.reset(); });
    const auto written = write_the_rest.get_future();
    std::thread(std::move(write_the_rest)).detach(); // stderr may never take it
    written.wait_for(std::chrono::seconds(1));
  } catch (...) { // no thread to be had: the lines that wait are lost
  }
}

bool enabled(level at) noexcept { return at >= current().lowest.load(std::memory_order_relaxed) && at != level::off; }

void write(level at, const core::request_id& request, std::string_view message) noexcept {
  if (!enabled(at))
    return;
  try {
    std::string payload = request.value;
    std::erase(payload, end_of_request);
    payload += end_of_request;
    payload += message;
    std::shared_ptr<spdlog::logger> logger;
    {
      const std::lock_guard lock(current().mutex);
      logger = current().logger;
      if (current().writer)
        dropped.set(static_cast<int64_t>(current().writer->overrun_counter()));
    }
    logger->log(to_spdlog(at), spdlog::string_view_t(payload.data(), payload.size()));
  } catch (...) { // out of memory or a sink that fails: the work that logs goes on
  }
}

namespace detail {

void write_formatted(level at, const core::request_id& request, fmt::string_view text, fmt::format_args args) noexcept {
  try {
    write(at, request, fmt::vformat(text, args));
  } catch (...) { // a formatter that throws: better the bare text than no line
    write(at, request, {text.data(), text.size()});
  }
}

} // namespace detail

struct redirection::state {
  std::shared_ptr<function_sink> sink;
  std::shared_ptr<spdlog::logger> logger_before;
  level lowest_before = level::info;
};

redirection::redirection(level lowest, format form, std::function<void(std::string_view line)> sink)
    : state_(std::make_unique<state>()) {
  state_->sink = std::make_shared<function_sink>(std::move(sink));
  {
    const std::lock_guard lock(current().mutex);
    state_->logger_before = current().logger;
    state_->lowest_before = current().lowest;
  }
  replace(state_->sink, lowest, form);
}

redirection::~redirection() {
  {
    const std::lock_guard lock(current().mutex);
    current().logger = std::move(state_->logger_before);
    current().lowest = state_->lowest_before;
  }
  state_->sink->close();
}

} // namespace trunkline::log

#include "core/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace trunkline::core {

namespace {

constexpr char separator = '|';

/// Cuts the text before the next separator off the front.
std::string_view next_field(std::string_view& rest) {
  const auto end = rest.find(separator);
  const auto field = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return field;
}

std::optional<int64_t> to_int(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

void keep_known(std::string& mine, const std::string& other) { mine = std::max(mine, other); }

template <class T, class Better>
void keep_better(std::optional<T>& mine, const std::optional<T>& other, Better better) {
  if (other && (!mine || better(*other, *mine)))
    mine = other;
}

int result_rank(std::string_view result) { return result == "failed" ? 2 : 1; }
int recording_rank(std::string_view status) { return status == "completed" ? 3 : status == "absent" ? 2 : 1; }

} // namespace

int call_status_rank(std::string_view status) {
  if (status == "queued")
    return 0;
  if (status == "initiated")
    return 1;
  if (status == "ringing")
    return 2;
  if (status == "in-progress")
    return 3;
  const auto final = {"completed", "busy", "failed", "no-answer", "canceled"};
  return std::find(final.begin(), final.end(), status) != final.end() ? 4 : -1;
}

call_facts merge(call_facts a, const call_facts& b) {
  keep_known(a.call_sid, b.call_sid);
  keep_known(a.direction, b.direction);
  keep_known(a.from, b.from);
  keep_known(a.to, b.to);
  keep_known(a.route_configured, b.route_configured);
  const auto weight = [](const std::string& status) {
    return std::pair(call_status_rank(status), std::string_view(status));
  };
  if (weight(b.status) > weight(a.status))
    a.status = b.status;
  keep_better(a.started_at, b.started_at, std::less<>{});
  keep_better(a.answered_at, b.answered_at, std::less<>{});
  keep_better(a.ended_at, b.ended_at, std::greater<>{});
  keep_better(a.duration_seconds, b.duration_seconds, std::greater<>{});
  for (size_t i = 0; i < call_facts::max_steps; ++i)
    keep_known(a.steps[i], b.steps[i]);
  keep_known(a.recording, b.recording);
  keep_known(a.transcription, b.transcription);
  return a;
}

std::string route_step::encode() const {
  return fmt::format("{}|{}|{}|{}|{}", result_rank(result), mode, result, reason, at.ms);
}

std::optional<route_step> route_step::decode(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  next_field(text); // the rank
  route_step step;
  step.mode = next_field(text);
  step.result = next_field(text);
  step.reason = next_field(text);
  step.at.ms = to_int(text).value_or(0);
  return step;
}

std::string call_recording::encode() const {
  const auto seconds = duration_seconds ? std::to_string(*duration_seconds) : std::string{};
  return fmt::format("{}|{}|{}|{}|{}", recording_rank(status), sid, status, seconds, source_url);
}

std::optional<call_recording> call_recording::decode(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  next_field(text); // the rank
  call_recording recording;
  recording.sid = next_field(text);
  recording.status = next_field(text);
  recording.duration_seconds = to_int(next_field(text));
  recording.source_url = text;
  return recording;
}

std::string call_transcription::encode() const {
  return fmt::format("{}|{}|{}", status == "completed" ? 2 : 1, status, text);
}

std::optional<call_transcription> call_transcription::decode(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  next_field(text); // the rank
  call_transcription transcription;
  transcription.status = next_field(text);
  transcription.text = text;
  return transcription;
}

} // namespace trunkline::core

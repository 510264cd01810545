#include "sim/paging.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trunkline::sim {

namespace {

bool read_int(std::string_view text, int& out) {
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, out);
  return failure == std::errc() && stop == end && out >= 0;
}

/// "PASM" or "PBCA" and 32 hex digits; the two letters in the middle are only there to look like Twilio's.
bool read_token(std::string_view token, page_request& out) {
  if (token.size() != 36 || !(token.starts_with("PA") || token.starts_with("PB")))
    return false;
  int64_t seq = 0;
  const auto* end = token.data() + token.size();
  const auto [stop, failure] = std::from_chars(token.data() + 4, end, seq, 16);
  if (failure != std::errc() || stop != end || seq < 0)
    return false;
  out.backwards = token[1] == 'B';
  out.from_seq = seq;
  return true;
}

std::string uri(const page_frame& frame, int number, const std::string& token) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : frame.query->fields())
    if (name != "Page" && name != "PageSize" && name != "PageToken")
      pairs.emplace_back(name, value);
  pairs.emplace_back("PageSize", std::to_string(frame.wanted.size));
  pairs.emplace_back("Page", std::to_string(number));
  if (!token.empty())
    pairs.emplace_back("PageToken", token);
  return frame.path + "?" + twilio::form_encode(pairs);
}

} // namespace

answer<page_request> parse_page_request(const twilio::form& query) {
  page_request wanted;
  if (query.has("PageSize") && (!read_int(query.get("PageSize"), wanted.size) || wanted.size == 0))
    return refuse(20001);
  if (wanted.size > 1000)
    return refuse(20007);
  if (query.has("Page") && !read_int(query.get("Page"), wanted.number))
    return refuse(20001);
  if (query.has("PageToken") && !read_token(query.get("PageToken"), wanted))
    return refuse(20001);
  if (wanted.number > 0 && !wanted.from_seq)
    return refuse(20001);
  return wanted;
}

std::string page_token(bool backwards, int64_t seq) { return fmt::format("{}SM{:032x}", backwards ? "PB" : "PA", seq); }

void write_frame(json_writer& json, const page_frame& frame) {
  const auto& wanted = frame.wanted;
  const int start = wanted.number * wanted.size;
  json.field("page", wanted.number).field("page_size", wanted.size).field("start", start);
  json.field("end", frame.count == 0 ? start : start + static_cast<int>(frame.count) - 1);
  std::string own = frame.path;
  if (!frame.query->fields().empty()) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& [name, value] : frame.query->fields())
      pairs.emplace_back(name, value);
    own += "?" + twilio::form_encode(pairs);
  }
  json.field("uri", own).field("first_page_uri", uri(frame, 0, ""));
  json.text_or_null("next_page_uri", frame.next ? uri(frame, wanted.number + 1, page_token(false, *frame.next)) : "");
  json.text_or_null("previous_page_uri",
                    frame.previous ? uri(frame, wanted.number - 1, page_token(true, *frame.previous)) : "");
}

} // namespace trunkline::sim

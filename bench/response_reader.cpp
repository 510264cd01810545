#include "bench/response_reader.hpp"

#include <charconv>
#include <cstring>
#include <strings.h>

namespace trunkline::bench {

namespace {

bool is_header(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         strncasecmp(line.data(), name.data(), name.size()) == 0;
}

std::string_view value_of(std::string_view line) {
  line.remove_prefix(line.find(':') + 1);
  while (!line.empty() && line.front() == ' ')
    line.remove_prefix(1);
  return line;
}

} // namespace

response_reader::progress response_reader::received(size_t count) {
  used_ += count;
  if (head_size_ == 0) {
    const std::string_view text(buffer_.data(), used_);
    const auto* blank = static_cast<const char*>(memmem(text.data(), text.size(), "\r\n\r\n", 4));
    if (blank == nullptr)
      return used_ == buffer_.size() ? progress::broken : progress::incomplete;
    head_size_ = static_cast<size_t>(blank - text.data()) + 4;
    if (read_head(text.substr(0, head_size_ - 2)) == progress::broken)
      return progress::broken;
  }
  // One request at a time: a byte after the body is an answer that nobody asked for.
  const size_t size = head_size_ + body_size_;
  if (used_ > size || size > buffer_.size())
    return progress::broken;
  return used_ == size ? progress::complete : progress::incomplete;
}

response_reader::progress response_reader::read_head(std::string_view text) {
  if (text.size() < 14 || !text.starts_with("HTTP/1.1 "))
    return progress::broken;
  const auto status = std::from_chars(text.data() + 9, text.data() + 12, status_);
  if (status.ec != std::errc{} || status_ < 200 || status_ > 599)
    return progress::broken;
  bool has_length = status_ == 204 || status_ == 304;
  for (size_t at = text.find("\r\n") + 2; at < text.size();) {
    const auto end = text.find("\r\n", at);
    const auto line = text.substr(at, end - at);
    if (is_header(line, "content-length")) {
      const auto value = value_of(line);
      const auto length = std::from_chars(value.data(), value.data() + value.size(), body_size_);
      has_length = length.ec == std::errc{} && length.ptr == value.data() + value.size();
    } else if (is_header(line, "connection")) {
      closes_ = strncasecmp(value_of(line).data(), "close", 5) == 0;
    }
    at = end + 2;
  }
  return has_length ? progress::complete : progress::broken;
}

void response_reader::reset() {
  used_ = head_size_ = body_size_ = 0;
  status_ = 0;
  closes_ = false;
}

} // namespace trunkline::bench

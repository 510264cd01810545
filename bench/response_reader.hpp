#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace trunkline::bench {

/// Finds the end of one HTTP/1.1 response at a time in what a connection delivers. Only what the servers of the
/// bench send: a Content-Length, no chunks, head and body within 16 KiB; anything else is a protocol error.
class response_reader {
public:
  enum class progress { incomplete, complete, broken };

  /// Where the next bytes go; empty when the response is too long.
  std::span<char> space() { return {buffer_.data() + used_, buffer_.size() - used_}; }

  /// `count` bytes were written to space().
  progress received(size_t count);

  int status() const { return status_; }
  std::string_view body() const { return {buffer_.data() + head_size_, body_size_}; }
  bool closes() const { return closes_; }

  /// Forgets the response, ready for the next.
  void reset();

private:
  progress read_head(std::string_view text);

  std::array<char, 16 * 1024> buffer_{};
  size_t used_ = 0;
  size_t head_size_ = 0; // 0 until the blank line was seen
  size_t body_size_ = 0;
  int status_ = 0;
  bool closes_ = false;
};

} // namespace trunkline::bench

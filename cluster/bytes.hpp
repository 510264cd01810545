#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace trunkline::cluster {

// Numbers as 8 bytes, little-endian; texts with their length before them.

/// Appends what byte_reader reads.
class byte_writer {
public:
  byte_writer& number(int64_t value) {
    for (int i = 0; i < 8; ++i)
      out_ += static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
    return *this;
  }
  byte_writer& text(std::string_view value) {
    number(static_cast<int64_t>(value.size()));
    out_ += value;
    return *this;
  }
  std::string take() { return std::move(out_); }

private:
  std::string out_;
};

/// Whoever reads more than there is reads zeroes and empty texts, and hears at the end that it was not whole.
class byte_reader {
public:
  explicit byte_reader(std::string_view bytes) : left_(bytes) {}

  int64_t number() {
    const auto bytes = take(8);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size(); ++i)
      value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return static_cast<int64_t>(value);
  }
  /// A number of 0 to `most`.
  int64_t number_to(int64_t most) {
    const auto value = number();
    whole_ = whole_ && value >= 0 && value <= most;
    return whole_ ? value : 0;
  }
  std::string text() {
    const auto length = number();
    if (length < 0 || static_cast<uint64_t>(length) > left_.size()) {
      whole_ = false;
      return {};
    }
    return std::string(take(static_cast<size_t>(length)));
  }
  bool is_whole() const { return whole_; }
  /// At the end: nothing was missing, and nothing is left.
  bool was_whole() const { return whole_ && left_.empty(); }

private:
  std::string_view take(size_t count) {
    if (count > left_.size()) {
      whole_ = false;
      return {};
    }
    const auto out = left_.substr(0, count);
    left_.remove_prefix(count);
    return out;
  }

  std::string_view left_;
  bool whole_ = true;
};

/// How a message is refused whose bytes were not whole.
inline tl::unexpected<core::error> not_whole() {
  return core::fail(core::ec::malformed_webhook, "A message of another node is not whole.", "cluster: bad bytes");
}

} // namespace trunkline::cluster

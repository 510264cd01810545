#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace trunkline::bench {

/// Counts durations in nanoseconds. 64 buckets for each power of two, so a percentile is at most 1.6 % too high.
class histogram {
public:
  void record(uint64_t ns) {
    ++counts_[bucket_of(ns)];
    ++total_;
    sum_ += static_cast<double>(ns);
    max_ = std::max(max_, ns);
  }

  uint64_t total() const { return total_; }
  uint64_t max() const { return max_; }
  double mean() const { return total_ == 0 ? 0.0 : sum_ / static_cast<double>(total_); }

  /// The smallest recorded duration that `fraction` (0..1) of all are not above; 0 if nothing was recorded.
  uint64_t percentile(double fraction) const {
    const auto wanted = static_cast<uint64_t>(fraction * static_cast<double>(total_) + 0.999999);
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= wanted && seen > 0)
        return std::min(upper_edge(i), max_);
    }
    return max_;
  }

private:
  static constexpr unsigned sub_bits = 6;
  static constexpr uint64_t sub_count = 1u << sub_bits;
  static constexpr unsigned top_bit = 40; // 18 minutes: longer than any deadline here

  static size_t bucket_of(uint64_t ns) {
    ns = std::min(ns, (uint64_t{1} << top_bit) - 1);
    if (ns < sub_count)
      return ns;
    const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - sub_bits;
    return (shift + 1) * sub_count + ((ns >> shift) - sub_count);
  }

  static uint64_t upper_edge(size_t bucket) {
    if (bucket < sub_count)
      return bucket;
    const uint64_t shift = bucket / sub_count - 1;
    return ((bucket % sub_count + sub_count + 1) << shift) - 1;
  }

  std::array<uint64_t, (top_bit - sub_bits + 1) * sub_count> counts_{};
  uint64_t total_ = 0;
  uint64_t max_ = 0;
  double sum_ = 0;
};

} // namespace trunkline::bench

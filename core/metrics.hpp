#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

namespace trunkline::core {

/// A number that only grows; cheap enough for every request.
class counter {
public:
  counter(std::string_view name, std::string_view help, std::string_view label = {}, std::string_view value = {});
  void add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  const std::string_view name, help, label, label_value; ///< literals

private:
  std::atomic<uint64_t> value_{0};
};

/// A number that goes up and down.
class gauge {
public:
  gauge(std::string_view name, std::string_view help, std::string_view label = {}, std::string_view value = {});
  void add(int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  void set(int64_t n) { value_.store(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

  const std::string_view name, help, label, label_value;

private:
  std::atomic<int64_t> value_{0};
};

/// Durations in seconds, in buckets of 100 us to 10 s.
class histogram {
public:
  static constexpr std::array<double, 14> bounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                    0.025,  0.05,    0.1,    0.25,  1.0,    2.5,   10.0};
  histogram(std::string_view name, std::string_view help, std::string_view label = {}, std::string_view value = {});
  void observe(double seconds);

  struct snapshot {
    std::array<uint64_t, bounds.size() + 1> buckets; ///< not cumulative; the last one is above every bound
    double sum;
  };
  snapshot read() const;

  const std::string_view name, help, label, label_value;

private:
  std::array<std::atomic<uint64_t>, bounds.size() + 1> buckets_{};
  std::atomic<uint64_t> sum_ns_{0};
};

/// Every metric of the process. They are namespace-scope objects that register themselves before main().
struct metric_registry {
  std::vector<const counter*> counters;
  std::vector<const gauge*> gauges;
  std::vector<const histogram*> histograms;

  static metric_registry& instance();
};

} // namespace trunkline::core

#include "core/metrics.hpp"

#include <algorithm>

namespace trunkline::core {

metric_registry& metric_registry::instance() {
  static metric_registry registry;
  return registry;
}

counter::counter(std::string_view n, std::string_view h, std::string_view l, std::string_view v)
    : name(n), help(h), label(l), label_value(v) {
  metric_registry::instance().counters.push_back(this);
}

gauge::gauge(std::string_view n, std::string_view h, std::string_view l, std::string_view v)
    : name(n), help(h), label(l), label_value(v) {
  metric_registry::instance().gauges.push_back(this);
}

histogram::histogram(std::string_view n, std::string_view h, std::string_view l, std::string_view v)
    : name(n), help(h), label(l), label_value(v) {
  metric_registry::instance().histograms.push_back(this);
}

void histogram::observe(double seconds) {
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
  buckets_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(static_cast<uint64_t>(seconds * 1e9), std::memory_order_relaxed);
}

histogram::snapshot histogram::read() const {
  snapshot out{};
  for (size_t i = 0; i < buckets_.size(); ++i)
    out.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
  out.sum = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e9;
  return out;
}

} // namespace trunkline::core

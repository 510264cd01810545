#include "http/handlers/metrics.hpp"

#include "core/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <map>

namespace trunkline::http::handlers {

namespace {

using families = std::map<std::string, prometheus::MetricFamily>;

template <class Metric>
prometheus::ClientMetric& add(families& all, const Metric& metric, prometheus::MetricType type) {
  auto& family = all[std::string(metric.name)];
  family.name = metric.name, family.help = metric.help, family.type = type;
  auto& sample = family.metric.emplace_back();
  if (!metric.label.empty())
    sample.label.push_back({std::string(metric.label), std::string(metric.label_value)});
  return sample;
}

void add_histogram(families& all, const core::histogram& metric) {
  const auto read = metric.read();
  auto& sample = add(all, metric, prometheus::MetricType::Histogram).histogram;
  uint64_t total = 0;
  for (size_t i = 0; i < read.buckets.size(); ++i) {
    total += read.buckets[i];
    const double bound =
        i < core::histogram::bounds.size() ? core::histogram::bounds[i] : std::numeric_limits<double>::infinity();
    sample.bucket.push_back({total, bound});
  }
  sample.sample_count = total;
  sample.sample_sum = read.sum;
}

std::string render() {
  families all;
  const auto& registry = core::metric_registry::instance();
  for (const auto* metric : registry.counters)
    add(all, *metric, prometheus::MetricType::Counter).counter.value = static_cast<double>(metric->value());
  for (const auto* metric : registry.gauges)
    add(all, *metric, prometheus::MetricType::Gauge).gauge.value = static_cast<double>(metric->value());
  for (const auto* metric : registry.histograms)
    add_histogram(all, *metric);
  std::vector<prometheus::MetricFamily> list;
  for (auto& [name, family] : all)
    list.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(list);
}

} // namespace

std::function<void(const exchange_ptr&)> metrics() {
  return [](const exchange_ptr& request) {
    request->respond(
        {200, "text/plain; version=0.0.4; charset=utf-8", render(), {{"X-Request-Id", request->id().value}}});
  };
}

} // namespace trunkline::http::handlers

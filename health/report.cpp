#include "health/report.hpp"

#include <algorithm>
#include <tuple>

namespace trunkline::health {

namespace {

/// The platform's own before its companies'.
bool comes_first(const dependency& a, const dependency& b) {
  return std::tuple(-int(a.status), a.company.value, a.kind) < std::tuple(-int(b.status), b.company.value, b.kind);
}

} // namespace

bool report_builder::wants(status s) const {
  // A heap by comes_first has the last of its order in front.
  return out_.dependencies.size() < most || s > out_.dependencies.front().status;
}

void report_builder::count(status s) {
  ++out_.counts[static_cast<size_t>(s)];
  out_.status = std::max(out_.status, s);
  out_.truncated = out_.truncated || out_.dependencies.size() == most;
}

void report_builder::add(dependency one) {
  count(one.status);
  auto& shown = out_.dependencies;
  shown.push_back(std::move(one));
  std::push_heap(shown.begin(), shown.end(), comes_first);
  if (shown.size() <= most)
    return;
  std::pop_heap(shown.begin(), shown.end(), comes_first);
  shown.pop_back();
}

report report_builder::finish(core::timestamp checked_at) {
  std::sort(out_.dependencies.begin(), out_.dependencies.end(), comes_first);
  out_.checked_at = checked_at;
  return std::move(out_);
}

} // namespace trunkline::health

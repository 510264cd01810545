#include "cluster/bytes.hpp"
#include "cluster/reports.hpp"

#include <algorithm>

namespace trunkline::cluster {

namespace {

constexpr int64_t most_rows = 10'000;

void write_dependency(byte_writer& out, const health::dependency& one) {
  out.number(static_cast<int64_t>(one.kind)).text(one.company.value).number(static_cast<int64_t>(one.status));
  out.number(one.latency_ms.value_or(-1)).text(one.message).number(one.checked_at ? one.checked_at->ms : -1);
  out.text(one.credential_source).text(one.account_status).text(one.place);
}

health::dependency read_dependency(byte_reader& in) {
  health::dependency one;
  one.kind = static_cast<health::dependency_kind>(in.number_to(static_cast<int64_t>(health::dependency_kind::peer)));
  one.company.value = in.text();
  one.status = static_cast<health::status>(in.number_to(static_cast<int64_t>(health::status::down)));
  if (const auto latency = in.number(); latency >= 0)
    one.latency_ms = latency;
  one.message = in.text();
  if (const auto at = in.number(); at >= 0)
    one.checked_at = core::timestamp{at};
  one.credential_source = in.text(), one.account_status = in.text(), one.place = in.text();
  return one;
}

} // namespace

std::string encode_health_question(const health_question& question) {
  byte_writer out;
  return out.text(question.company.value).number(question.run ? 1 : 0).take();
}

core::expected<health_question> decode_health_question(std::string_view bytes) {
  byte_reader in(bytes);
  health_question question;
  question.company.value = in.text();
  question.run = in.number_to(1) == 1;
  if (!in.was_whole())
    return not_whole();
  return question;
}

std::string encode_report(const health::report& report) {
  byte_writer out;
  out.number(report.checked_at.ms).number(report.truncated ? 1 : 0);
  for (const auto count : report.counts)
    out.number(static_cast<int64_t>(count));
  out.number(static_cast<int64_t>(report.dependencies.size()));
  for (const auto& one : report.dependencies)
    write_dependency(out, one);
  return out.take();
}

core::expected<health::report> decode_report(std::string_view bytes) {
  byte_reader in(bytes);
  health::report report;
  report.checked_at.ms = in.number();
  report.truncated = in.number_to(1) == 1;
  for (auto& count : report.counts)
    count = static_cast<size_t>(in.number_to(1'000'000'000));
  const auto rows = in.number_to(most_rows);
  for (int64_t i = 0; i < rows && in.is_whole(); ++i)
    report.dependencies.push_back(read_dependency(in));
  if (!in.was_whole())
    return not_whole();
  for (const auto& one : report.dependencies)
    report.status = std::max(report.status, one.status);
  return report;
}

health::report merge_reports(const health::report& own, const std::vector<health::report>& others,
                             std::vector<health::dependency> peers) {
  health::report_builder out;
  std::array<size_t, 4> unseen{}; // counted by whoever found them, and not shown by him
  bool truncated = false;
  const auto take = [&](const health::report& one) {
    truncated = truncated || one.truncated;
    for (size_t i = 0; i < unseen.size(); ++i)
      unseen[i] += one.counts[i];
    for (const auto& dependency : one.dependencies) {
      --unseen[static_cast<size_t>(dependency.status)];
      out.add(dependency);
    }
  };
  take(own);
  for (const auto& one : others)
    take(one);
  for (auto& one : peers)
    out.add(std::move(one));
  auto all = out.finish(own.checked_at);
  for (size_t i = 0; i < unseen.size(); ++i)
    all.counts[i] += unseen[i];
  all.truncated = all.truncated || truncated;
  return all;
}

} // namespace trunkline::cluster

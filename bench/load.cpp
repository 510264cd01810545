#include "bench/load_engine.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string>
#include <sys/resource.h>

using namespace trunkline;
using namespace trunkline::bench;

namespace {

std::atomic<bool> stop_requested{false};

core::expected<sockaddr_in> loopback_address(const std::string& text) {
  const auto colon = text.rfind(':');
  sockaddr_in out{};
  out.sin_family = AF_INET;
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  if (colon == std::string::npos || std::from_chars(text.data() + colon + 1, end, port).ptr != end || port == 0 ||
      inet_pton(AF_INET, text.substr(0, colon).c_str(), &out.sin_addr) != 1)
    return core::fail(core::ec::invalid_request, "--connect wants ADDRESS:PORT");
  // Signed traffic at this rate must never leave the machine by a slip of the keyboard.
  if (ntohl(out.sin_addr.s_addr) >> 24 != 127)
    return core::fail(core::ec::invalid_request, "--connect takes loopback addresses only");
  out.sin_port = htons(port);
  return out;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, 2048)) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + "\"";
}

std::string to_json(const load_result& r, double cpu) {
  const auto us = [](uint64_t ns) { return static_cast<double>(ns) / 1000; };
  const auto& l = r.latency;
  std::string statuses;
  for (size_t status = 0; status < r.by_status.size(); ++status)
    if (r.by_status[status] > 0)
      statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, r.by_status[status]);
  return fmt::format(
      R"({{"requests_per_second":{:.1f},"ok":{},"sent":{},"seconds":{:.3f},)"
      R"("latency_us":{{"count":{},"mean":{:.1f},"p50":{:.1f},"p90":{:.1f},"p99":{:.1f},"p99_9":{:.1f},"max":{:.1f}}},)"
      R"("status":{{{}}},"errors":{{"connect":{},"reset":{},"timeout":{},"protocol":{}}},)"
      R"("unsent":{},"pool_exhausted":{},"cpu_us_per_request":{:.2f},"first_status":{},"first_body":{}}})",
      r.seconds > 0 ? static_cast<double>(r.measured_ok) / r.seconds : 0.0, r.measured_ok, r.sent, r.seconds, l.total(),
      l.mean() / 1000, us(l.percentile(0.5)), us(l.percentile(0.9)), us(l.percentile(0.99)), us(l.percentile(0.999)),
      us(l.max()), statuses, r.connect_errors, r.resets, r.timeouts, r.protocol_errors, r.unsent, r.pool_exhausted,
      r.sent > 0 ? cpu * 1e6 / static_cast<double>(r.sent) : 0.0, r.first_status, json_string(r.first_body));
}

core::expected<std::string> measure(const load_options& options) {
  const auto address = loopback_address(options.connect);
  if (!address)
    return core::fail(address.error());
  const auto targets = read_targets(options.targets);
  if (!targets)
    return core::fail(targets.error());
  request_pool pool(*targets, options.public_url, options.pool, options.seed, options.forge);
  const double cpu_before = cpu_seconds();
  auto result = load_engine(options, pool, *address).run(stop_requested);
  if (!result)
    return core::fail(result.error());
  return to_json(*result, cpu_seconds() - cpu_before);
}

} // namespace

int main(int argc, char** argv) {
  const auto options = parse_load_options(argc, argv);
  if (!options || options->help) {
    fmt::print(options ? stdout : stderr, "{}{}", options ? "" : options.error().detail + "\n\n", load_usage());
    return options ? 0 : 2;
  }
  for (const int signal_number : {SIGINT, SIGTERM})
    std::signal(signal_number, [](int) { stop_requested = true; });
  const auto json = measure(*options);
  if (!json) {
    fmt::print(stderr, "bench_load: {}\n", json.error().detail);
    return 2;
  }
  fmt::print("{}\n", *json);
  return 0;
}

#include "bench/load_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <map>
#include <random>
#include <string_view>

namespace trunkline::bench {

namespace {

constexpr uint64_t max_pool = 30'000'000; // 60 bytes each
constexpr double closed_loop_guess = 200'000;

template <class T>
bool read_number(std::string_view text, T low, T high, T& out) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc{} && end == text.data() + text.size() && out >= low && out <= high;
}

using setter = std::function<bool(std::string_view)>;

std::map<std::string_view, setter> setters(load_options& out) {
  auto text = [](std::string& field) { return [&field](std::string_view v) { return field = v, !v.empty(); }; };
  auto number = [](auto& field, auto low, auto high) {
    using value = std::remove_reference_t<decltype(field)>;
    return [&field, low, high](std::string_view v) {
      return read_number<value>(v, static_cast<value>(low), static_cast<value>(high), field);
    };
  };
  return {{"--connect", text(out.connect)},
          {"--public-url", text(out.public_url)},
          {"--targets", text(out.targets)},
          {"--ledger", text(out.ledger)},
          {"--connections", number(out.connections, 1, 4096)},
          {"--rate", number(out.rate, 0, 1e6)},
          {"--warmup", number(out.warmup_s, 0, 600)},
          {"--duration", number(out.duration_s, 0.01, 3600)},
          {"--requests", number(out.requests, 0, max_pool)},
          {"--pool", number(out.pool, 0, max_pool)},
          {"--timeout-ms", number(out.timeout_ms, 1, 60'000)},
          {"--seed", number(out.seed, uint64_t{0}, UINT64_MAX)}};
}

uint64_t pool_for(const load_options& options) {
  if (options.requests > 0)
    return options.requests;
  const double rate = options.rate > 0 ? options.rate : closed_loop_guess;
  const double wanted = rate * (options.warmup_s + options.duration_s) + options.connections;
  return wanted > static_cast<double>(max_pool) ? max_pool : static_cast<uint64_t>(wanted) + 1;
}

} // namespace

core::expected<load_options> parse_load_options(int argc, const char* const* argv) {
  load_options out;
  const auto known = setters(out);
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--forge" || name == "--help") {
      (name == "--forge" ? out.forge : out.help) = true;
      continue;
    }
    const auto found = known.find(name);
    if (found == known.end())
      return core::fail(core::ec::invalid_request, fmt::format("unknown option {}", name));
    if (++i == argc || !found->second(argv[i]))
      return core::fail(core::ec::invalid_request, fmt::format("{} needs a value within its limits", name));
  }
  if (out.help)
    return out;
  if (out.connect.empty() || out.targets.empty())
    return core::fail(core::ec::invalid_request, "--connect and --targets are required");
  if (out.pool == 0)
    out.pool = pool_for(out);
  if (out.seed == 0)
    out.seed = (uint64_t{std::random_device{}()} << 32) | std::random_device{}();
  return out;
}

const char* load_usage() {
  return R"(bench_load: signed voice webhooks against one server, latencies as JSON on standard output

  --connect HOST:PORT   the server; loopback only
  --targets FILE        CSV of number,account_sid,auth_token,path, taken in turn
  --public-url URL      what the signature is made over, before the path (https://gw.example.com)
  --connections N       keep-alive connections, one request at a time on each (64)
  --rate R              open loop: R requests/s, latency counted from when each should have left (0: closed loop)
  --warmup S            not measured (1)
  --duration S          measured (5)
  --requests N          end after N requests
  --pool N              requests signed before the clock starts; the run ends when they are used up
  --timeout-ms N        deadline of each request (5000)
  --seed N              of the CallSids; the same seed gives the same calls (random)
  --ledger FILE         append the CallSid of every request answered 2xx
  --forge               spoil every signature: all must be refused
)";
}

} // namespace trunkline::bench

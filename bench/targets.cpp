#include "bench/targets.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>

namespace trunkline::bench {

namespace {

constexpr size_t max_targets = 500'000;

bool split(std::string_view line, std::array<std::string_view, 4>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto comma = line.find(',');
    const bool last = i + 1 == fields.size();
    if (last != (comma == std::string_view::npos))
      return false;
    fields[i] = line.substr(0, comma);
    if (fields[i].empty())
      return false;
    line.remove_prefix(last ? line.size() : comma + 1);
  }
  return true;
}

} // namespace

core::expected<std::vector<target>> read_targets(const std::string& file) {
  std::ifstream in(file);
  if (!in)
    return core::fail(core::ec::invalid_request, fmt::format("cannot read {}", file));
  std::vector<target> out;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    if (line.empty() || (number == 1 && line.starts_with("number,")))
      continue;
    std::array<std::string_view, 4> fields;
    if (!split(line, fields) || fields[3].front() != '/' || out.size() == max_targets)
      return core::fail(core::ec::invalid_request, fmt::format("{}:{}: not a target, or too many", file, number));
    out.push_back(
        {std::string(fields[0]), std::string(fields[1]), core::secret(std::string(fields[2])), std::string(fields[3])});
  }
  if (out.empty())
    return core::fail(core::ec::invalid_request, fmt::format("{}: no targets", file));
  return out;
}

} // namespace trunkline::bench

#include "http/route_table.hpp"

#include <algorithm>

namespace trunkline::http {

namespace {

constexpr size_t max_segments = 16;

/// False if the path does not begin with a slash or has too many segments.
bool split(std::string_view path, std::vector<std::string_view>& out) {
  if (!path.starts_with('/'))
    return false;
  path.remove_prefix(1);
  while (out.size() < max_segments) {
    const auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos)
      return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path,
          std::vector<std::string_view>& captures) {
  if (pattern.size() != path.size())
    return false;
  captures.clear();
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!pattern[i].empty() ? pattern[i] != path[i] : path[i].empty())
      return false;
    if (pattern[i].empty())
      captures.push_back(path[i]);
  }
  return true;
}

} // namespace

route_table::route_table(std::vector<route> routes) : routes_(std::move(routes)) {
  for (size_t i = 0; i < routes_.size(); ++i) {
    std::vector<std::string_view> parts;
    split(routes_[i].path, parts);
    compiled entry{{}, i};
    for (auto part : parts)
      entry.segments.emplace_back(part.starts_with('{') ? std::string_view{} : part);
    compiled_.push_back(std::move(entry));
  }
  // Routes with fewer captures first, so that "/a/fixed" wins over "/a/{any}".
  const auto captures = [](const compiled& c) { return std::count(c.segments.begin(), c.segments.end(), ""); };
  std::stable_sort(compiled_.begin(), compiled_.end(),
                   [&](const compiled& a, const compiled& b) { return captures(a) < captures(b); });
}

route_table::match route_table::find(std::string_view method, std::string_view path) const {
  std::vector<std::string_view> parts;
  parts.reserve(8);
  match result;
  if (!split(path, parts))
    return result;
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  for (const auto& candidate : compiled_) {
    if (!fits(candidate.segments, parts, result.captures))
      continue;
    const auto& route = routes_[candidate.route];
    if (route.method == wanted) {
      result.found = &route;
      return result;
    }
    if (result.allowed.find(route.method) == std::string::npos)
      result.allowed += (result.allowed.empty() ? "" : ", ") + route.method;
  }
  return result;
}

} // namespace trunkline::http

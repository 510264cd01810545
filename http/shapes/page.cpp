#include "http/shapes/page.hpp"

#include <algorithm>
#include <vector>

namespace trunkline::http::shapes {

namespace {

std::string scope_of(const exchange& request) {
  std::vector<std::string_view> filters;
  for (auto rest = request.query(); !rest.empty();) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    if (!pair.starts_with("cursor=") && !pair.starts_with("limit="))
      filters.push_back(pair);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::sort(filters.begin(), filters.end());
  std::string scope(request.path());
  for (auto filter : filters)
    scope.append("&").append(filter);
  return scope;
}

} // namespace

core::expected<wanted_page> read_page(const exchange& request, query_reader& query, const core::tenant_id& company) {
  wanted_page wanted;
  wanted.scope = scope_of(request) + (company.empty() ? "" : " " + company.value);
  wanted.page = query.page(wanted.scope);
  if (auto ok = query.ok(); !ok)
    return core::fail(std::move(ok).error());
  return wanted;
}

core::expected<wanted_page> read_page(const exchange& request) {
  query_reader query(request.query(), {});
  return read_page(request, query);
}

} // namespace trunkline::http::shapes

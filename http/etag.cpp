#include "http/etag.hpp"

#include "http/respond.hpp"

#include <algorithm>
#include <charconv>

namespace trunkline::http {

namespace {

std::string tag_of(int64_t version) { return "\"v" + std::to_string(version) + "\""; }

std::optional<int64_t> version_in(std::string_view tag) {
  int64_t version = 0;
  if (tag.size() < 4 || !tag.starts_with("\"v") || !tag.ends_with('"'))
    return std::nullopt;
  const auto digits = tag.substr(2, tag.size() - 3);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(version) : std::nullopt;
}

/// A list of tags; weak ones count as well here, and "*" is any.
bool names(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto one = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    one = one.substr(0, one.find_last_not_of(' ') + 1);
    if (one.starts_with("W/"))
      one.remove_prefix(2);
    if (one == tag || one == "*")
      return true;
  }
  return false;
}

} // namespace

core::expected<std::optional<int64_t>> if_match(const exchange& request) {
  const auto given = request.header("If-Match");
  if (given.empty() || given == "*")
    return std::optional<int64_t>{};
  if (const auto version = version_in(given))
    return version;
  return core::fail(core::ec::etag_mismatch);
}

bool not_modified(exchange& request, int64_t version) {
  if (!names(request.header("If-None-Match"), tag_of(version)))
    return false;
  request.respond({304, "", "", {{"ETag", tag_of(version)}, {"X-Request-Id", request.id().value}}});
  return true;
}

void respond_tagged(exchange& request, int status, std::string body, int64_t version, std::string location) {
  std::vector<std::pair<std::string, std::string>> headers = {{"ETag", tag_of(version)}};
  if (status == 201)
    headers.emplace_back("Location", std::move(location));
  respond_json(request, status, std::move(body), std::move(headers));
}

} // namespace trunkline::http

#include "http/etag.hpp"

#include "http/respond.hpp"

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
  if (request.header("If-None-Match") != tag_of(version))
    return false;
  request.respond({304, "", "", {{"ETag", tag_of(version)}}});
  return true;
}

void respond_tagged(exchange& request, int status, std::string body, int64_t version, std::string location) {
  std::vector<std::pair<std::string, std::string>> headers = {{"ETag", tag_of(version)}};
  if (status == 201)
    headers.emplace_back("Location", std::move(location));
  respond_json(request, status, std::move(body), std::move(headers));
}

} // namespace trunkline::http

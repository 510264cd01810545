#include "http/checks/json_body.hpp"

#include "http/checks/media_type.hpp"

namespace trunkline::http::checks {

core::expected<std::string_view> json_body(const exchange& request) {
  constexpr size_t max_body = 64 * 1024;
  if (!is_media_type(request.header("Content-Type"), "application/json") || !request.header("Content-Encoding").empty())
    return core::fail(core::ec::unsupported_media_type,
                      "Send Content-Type: application/json, without Content-Encoding.");
  if (request.body().size() > max_body)
    return core::fail(core::ec::payload_too_large);
  return request.body();
}

} // namespace trunkline::http::checks

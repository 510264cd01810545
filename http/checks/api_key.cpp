#include "http/checks/api_key.hpp"

namespace trunkline::http::checks {

core::expected<void> platform_admin(const context& ctx, const exchange& request) {
  constexpr std::string_view scheme = "Bearer ";
  const auto given = request.header("Authorization");
  const auto& key = ctx.settings.admin_key;
  if (request.header_count("Authorization") != 1 || !given.starts_with(scheme) || key.empty() ||
      !key.equals(given.substr(scheme.size())))
    return core::fail(core::ec::unauthenticated, "Send Authorization: Bearer <platform admin key>.");
  return {};
}

} // namespace trunkline::http::checks

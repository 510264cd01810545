#include "http/checks/authorize.hpp"

#include "core/secret.hpp"
#include "http/checks/authenticate.hpp"

namespace trunkline::http::checks {

namespace {

core::role least_role(access needed) {
  switch (needed) {
  case access::open:
  case access::webhook:
  case access::company_viewer:
    return core::role::company_viewer;
  case access::company_admin:
    return core::role::company_admin;
  case access::platform_admin:
    return core::role::platform_admin;
  }
  return core::role::platform_admin;
}

bool is_write(const exchange& request) { return request.method() != "GET" && request.method() != "HEAD"; }

} // namespace

core::expected<void> authorize(const route& route, const exchange& request) {
  const auto& who = request.who;
  if (route.access == access::platform_admin && who.role != core::role::platform_admin)
    return core::fail(core::ec::forbidden, "Only the platform's administrators may do this.");
  if (who.role != core::role::platform_admin) {
    const bool names_company = route.path.find("{companyId}") != std::string::npos;
    const auto named = request.header("X-Company-Id");
    if ((names_company && request.captures[0] != who.company.value) || (!named.empty() && named != who.company.value))
      return core::fail(core::ec::company_not_found, "No such company.");
  }
  if (who.role < least_role(route.access))
    return core::fail(core::ec::forbidden, "This needs the role company_admin.");
  if (who.kind == "session" && is_write(request) &&
      !core::secret(csrf_token(session_token(request))).equals(request.header("X-CSRF-Token")))
    return core::fail(core::ec::csrf_failed);
  return {};
}

core::expected<core::tenant_id> company_of(const exchange& request) {
  if (!request.who.company.empty())
    return request.who.company;
  const auto named = request.header("X-Company-Id");
  if (named.empty())
    return core::fail(core::ec::company_required);
  return core::tenant_id(std::string(named));
}

} // namespace trunkline::http::checks

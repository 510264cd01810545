#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// GET /api/admin/notifications/dependency-health?companyId= -- as it was when it was last checked.
std::function<void(const exchange_ptr&)> get_dependency_health(context& ctx);

/// POST /api/admin/notifications/dependency-health/run -- checks now; {"companyId"} or nothing for everything.
std::function<void(const exchange_ptr&)> run_dependency_health(context& ctx);

/// GET /api/admin/notifications/alerts?state=&companyId=&code=
std::function<void(const exchange_ptr&)> list_alerts(context& ctx);

/// GET /api/companies/{companyId}/alerts?state=&code=
std::function<void(const exchange_ptr&)> list_company_alerts(context& ctx);

/// POST /api/admin/notifications/alerts/{alertId}/acknowledge -- somebody has seen it.
std::function<void(const exchange_ptr&)> acknowledge_alert(context& ctx);

} // namespace trunkline::http::handlers

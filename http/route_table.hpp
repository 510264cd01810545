#pragma once

#include "http/exchange.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::http {

/// Who may take a route: at least this role, and a company's only for that company. `webhook` routes check Twilio's
/// signature themselves.
enum class access : uint8_t { open, webhook, company_viewer, company_admin, platform_admin };

/// On which listener.
enum class listener : uint8_t { webhooks, api };

struct route {
  std::string method;    ///< "GET" also answers HEAD
  std::string path;      ///< "/api/companies/{id}"
  std::string operation; ///< operationId of the OpenAPI description; empty: not described there
  http::access access = access::platform_admin;
  std::function<void(const exchange_ptr&)> handle;
  bool creates = false; ///< takes an Idempotency-Key
};

/// Finds the route of a request: exact segments first, `{captures}` match one segment.
class route_table {
public:
  explicit route_table(std::vector<route> routes);

  struct match {
    const route* found = nullptr;
    std::vector<std::string_view> captures;
    std::string allowed; ///< when nothing was found: methods this path has, "GET, PUT"; empty for an unknown path
  };
  match find(std::string_view method, std::string_view path) const;

  const std::vector<route>& routes() const { return routes_; }

private:
  struct compiled {
    std::vector<std::string> segments; ///< "" is a capture
    size_t route;
  };

  std::vector<route> routes_;
  std::vector<compiled> compiled_;
};

} // namespace trunkline::http

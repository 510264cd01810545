#include "http/handlers/openapi.hpp"

#include "http/respond.hpp"

namespace trunkline::http::handlers {

std::function<void(const exchange_ptr&)> openapi() {
  return [](const exchange_ptr& request) { respond_json(*request, 200, std::string(openapi_text())); };
}

} // namespace trunkline::http::handlers

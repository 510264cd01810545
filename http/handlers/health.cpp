#include "http/handlers/health.hpp"

#include "http/respond.hpp"
#include "json/writer.hpp"

namespace trunkline::http::handlers {

std::function<void(const exchange_ptr&)> healthz() {
  return [](const exchange_ptr& request) { respond_json(*request, 200, R"({"status":"ok"})"); };
}

std::function<void(const exchange_ptr&)> readyz(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto reasons = ctx.actors.not_ready_reasons();
    if (reasons.empty())
      return respond_json(*request, 200, R"({"status":"ready"})");
    json::writer out;
    out.begin_object();
    out.field("status", "not_ready");
    out.key("reasons").begin_array();
    for (const auto& reason : reasons)
      out.value(reason);
    out.end_array();
    out.end_object();
    respond_json(*request, 503, out.take(), {{"Retry-After", "1"}});
  };
}

} // namespace trunkline::http::handlers

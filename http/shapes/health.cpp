#include "http/shapes/health.hpp"

#include "json/reader.hpp"
#include "json/writer.hpp"

namespace trunkline::http::shapes {

namespace {

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void write_details(json::writer& out, const health::dependency& one) {
  out.key("details").begin_object();
  switch (one.kind) {
  case health::dependency_kind::twilio:
    out.field("credentialSource", or_null(one.credential_source)).field("accountStatus", or_null(one.account_status));
    break;
  case health::dependency_kind::database:
    out.field("dialect", one.place);
    break;
  case health::dependency_kind::peer:
    out.field("node", one.place);
    break;
  case health::dependency_kind::vapi:
    break;
  }
  out.end_object();
}

void write_dependency(json::writer& out, const health::dependency& one) {
  out.begin_object();
  out.field("name", to_string(one.kind));
  out.field("companyId", or_null(one.company.value));
  out.field("status", to_string(one.status));
  out.field("critical", health::is_critical(one.status));
  out.field("latencyMs", one.latency_ms);
  out.field("message", one.message);
  out.field("action", health::action(one));
  out.field("checkedAt", one.checked_at);
  write_details(out, one);
  out.end_object();
}

} // namespace

void write_health(json::writer& out, const health::report& report) {
  using enum health::status;
  out.begin_object();
  out.field("status", to_string(report.status));
  out.field("checkedAt", report.checked_at);
  out.key("counts").begin_object();
  for (const auto each : {healthy, degraded, down, not_configured})
    out.field(to_string(each), static_cast<int64_t>(report.counts[static_cast<size_t>(each)]));
  out.end_object();
  out.field("truncated", report.truncated);
  out.key("dependencies").begin_array();
  for (const auto& one : report.dependencies)
    write_dependency(out, one);
  out.end_array().end_object();
}

core::expected<core::tenant_id> read_health_run(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  core::tenant_id company;
  auto fields = body->fields();
  if (const auto named = fields.take("companyId"); named && !named->is_null())
    company = core::tenant_id(named->text(1, 64).value_or(""));
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return company;
}

} // namespace trunkline::http::shapes

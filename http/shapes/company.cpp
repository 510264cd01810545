#include "http/shapes/company.hpp"

#include "core/country.hpp"
#include "core/time_zone.hpp"
#include "json/reader.hpp"
#include "json/rules.hpp"
#include "json/words.hpp"
#include "json/writer.hpp"
#include "routing/readiness.hpp"

namespace trunkline::http::shapes {

namespace {

std::string read_country_of(const json::field& in) {
  auto country = in.text(2, 2).value_or("US");
  if (!core::is_country(country))
    in.refuse("invalid_value", "Not an ISO 3166 alpha-2 country");
  return country;
}

std::string read_time_zone(const json::field& in) {
  auto zone = in.text(1, 64).value_or("UTC");
  if (!core::is_time_zone(zone))
    in.refuse("invalid_value", "Not an IANA time zone, for example America/New_York");
  return zone;
}

std::optional<std::string> read_menu_url(const json::field& in) {
  return in.is_null() ? std::nullopt : json::read_url(in, "https");
}

} // namespace

core::expected<new_company> read_new_company(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  new_company wanted;
  auto& company = wanted.tenant;
  auto fields = body->fields();
  if (const auto name = fields.require("companyName"))
    company.name = name->text(1, 200).value_or("");
  if (const auto country = fields.take("country"))
    company.country = read_country_of(*country);
  if (const auto zone = fields.take("timeZone"))
    company.time_zone = read_time_zone(*zone);
  if (const auto menu = fields.take("menuUrl"))
    company.menu_url = read_menu_url(*menu);
  if (const auto flag = fields.take("assignPhone"))
    wanted.assign_phone = flag->boolean().value_or(false);
  if (const auto flag = fields.take("forceTwilio"))
    wanted.force_twilio = flag->boolean().value_or(false);
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return wanted;
}

core::expected<core::tenant_change> read_company_change(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  core::tenant_change change;
  auto fields = body->fields();
  if (const auto name = fields.take("companyName"))
    change.name = name->text(1, 200).value_or("");
  if (const auto country = fields.take("country"))
    change.country = country->is_null() ? "US" : read_country_of(*country);
  if (const auto zone = fields.take("timeZone"))
    change.time_zone = zone->is_null() ? "UTC" : read_time_zone(*zone);
  if (const auto menu = fields.take("menuUrl"))
    change.menu_url = read_menu_url(*menu);
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return change;
}

void write_company(json::writer& out, const core::tenant_profile& profile, const company_view& view) {
  const auto& [tenant, config] = profile;
  const auto* primary = config.primary_number();
  const auto source = core::source_of(config, view.platform_usable);
  const auto checks = routing::readiness(profile, view.platform_usable);
  const bool quarantined = view.quarantined || tenant.state == core::tenant_state::quarantined;
  out.begin_object();
  out.field("id", tenant.id.value);
  out.field("companyName", tenant.name);
  out.field("country", tenant.country);
  out.field("timeZone", tenant.time_zone);
  out.field("menuUrl", tenant.menu_url);
  out.field("credentialSource", json::to_string(source));
  out.field("primaryNumber", primary ? std::optional(primary->str()) : std::nullopt);
  out.field("voiceEnabled", primary != nullptr);
  out.field("smsEnabled", primary != nullptr);
  out.field("mockMode", config.mock_mode);
  out.field("state", quarantined ? "quarantined" : "active");
  out.field("ready", routing::is_ready(checks));
  out.field("warnings", routing::count_not_ok(checks));
  out.key("phoneAssignment").begin_object();
  out.field("phoneNumber", primary ? std::optional(primary->str()) : std::nullopt);
  out.field("source", "none");
  out.field("reason", primary ? std::nullopt : std::optional(std::string(view.no_number_because)));
  out.end_object();
  out.field("createdAt", core::to_rfc3339(tenant.created_at));
  out.field("updatedAt", core::to_rfc3339(tenant.updated_at));
  out.end_object();
}

} // namespace trunkline::http::shapes

#include "http/shapes/number.hpp"

#include "core/number_country.hpp"
#include "json/reader.hpp"
#include "json/rules.hpp"
#include "json/writer.hpp"

namespace trunkline::http::shapes {

namespace {

std::optional<std::string> or_null(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

/// null while nobody has asked Twilio.
void write_capabilities(json::writer& out, const std::string& all) {
  if (all.empty())
    return out.null_field("capabilities"), void();
  out.key("capabilities").begin_object();
  for (const auto* name : {"voice", "sms", "mms"})
    out.field(name, ("," + all + ",").find(std::string(",") + name + ",") != std::string::npos);
  out.end_object();
}

} // namespace

core::expected<core::company_number> read_new_number(std::string_view text, std::string_view country) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  core::company_number wanted;
  auto fields = body->fields();
  if (const auto number = fields.require("phoneNumber"))
    wanted.number = json::read_phone_number(*number, country).value_or(core::phone_number());
  if (const auto name = fields.take("friendlyName"))
    wanted.friendly_name = name->text(0, 64).value_or("");
  if (const auto primary = fields.take("isPrimary"))
    wanted.primary = primary->boolean().value_or(false);
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return wanted;
}

void write_number(json::writer& out, const core::tenant_id& company, const core::company_number& number) {
  const auto& origin = number.origin;
  out.begin_object()
      .field("phoneNumber", number.number)
      .field("friendlyName", number.friendly_name)
      .field("status", number.active ? "active" : "inactive")
      .field("isPrimary", number.primary)
      .field("companyId", company.value)
      .field("provider", "twilio")
      .field("sid", or_null(origin.sid))
      .field("country", or_null(core::country_of(number.number)));
  write_capabilities(out, origin.capabilities);
  out.field("source", origin.source).field("inAccount", origin.in_account).null_field("vapiPhoneNumberId");
  out.field("assignedAt", origin.assigned_at);
  // What Twilio calls for the number is looked at by provisioning.
  out.key("webhooks").begin_object().field("state", "unchecked").null_field("checkedAt");
  out.key("drift").begin_array().end_array().end_object().end_object();
}

} // namespace trunkline::http::shapes

#include "sim/render.hpp"

#include "sim/twilio_error.hpp"

#include <fmt/format.h>

namespace trunkline::sim {

namespace {

constexpr const char* api_version = "2010-04-01";

void write_dates(json_writer& json, core::timestamp created, core::timestamp updated) {
  json.field("date_created", core::to_rfc2822(created)).field("date_updated", core::to_rfc2822(updated));
}

void date_or_null(json_writer& json, std::string_view name, const std::optional<core::timestamp>& at) {
  json.text_or_null(name, at ? core::to_rfc2822(*at) : "");
}

struct subresource {
  std::string_view name, file;
};

void write_subresources(json_writer& json, const std::string& base, std::initializer_list<subresource> all) {
  json.key("subresource_uris").object();
  for (const auto& [name, file] : all)
    json.field(name, fmt::format("{}/{}.json", base, file));
  json.end_object();
}

} // namespace

std::string account_path(const std::string& account_sid) { return "/2010-04-01/Accounts/" + account_sid; }

std::string formatted_number(const std::string& number) {
  if (number.size() != 12 || !number.starts_with("+1"))
    return number;
  return fmt::format("({}) {}-{}", number.substr(2, 3), number.substr(5, 3), number.substr(8));
}

void write(json_writer& json, const account& resource) {
  const auto base = account_path(resource.sid);
  json.object().field("sid", resource.sid).field("friendly_name", resource.friendly_name);
  json.field("status", resource.status).field("type", resource.type);
  json.field("owner_account_sid", resource.owner_sid).field("auth_token", resource.auth_token.reveal());
  write_dates(json, resource.created_at, resource.updated_at);
  write_subresources(json, base,
                     {{"available_phone_numbers", "AvailablePhoneNumbers"},
                      {"balance", "Balance"},
                      {"calls", "Calls"},
                      {"incoming_phone_numbers", "IncomingPhoneNumbers"},
                      {"messages", "Messages"}});
  json.field("uri", base + ".json").end_object();
}

void write(json_writer& json, const incoming_number& resource) {
  json.object().field("sid", resource.sid).field("account_sid", resource.account_sid);
  json.field("phone_number", resource.phone_number).field("friendly_name", resource.friendly_name);
  json.key("capabilities").object().field("voice", true).field("sms", true).field("mms", true).field("fax", false);
  json.end_object();
  json.field("voice_url", resource.voice_url).field("voice_method", resource.voice_method);
  json.field("voice_fallback_url", resource.voice_fallback_url);
  json.field("voice_fallback_method", resource.voice_fallback_method);
  json.field("voice_caller_id_lookup", resource.voice_caller_id_lookup).field("voice_receive_mode", "voice");
  json.field("sms_url", resource.sms_url).field("sms_method", resource.sms_method);
  json.field("sms_fallback_url", resource.sms_fallback_url).field("sms_fallback_method", resource.sms_fallback_method);
  json.field("status_callback", resource.status_callback);
  json.field("status_callback_method", resource.status_callback_method);
  json.text_or_null("voice_application_sid", resource.voice_application_sid);
  json.text_or_null("sms_application_sid", resource.sms_application_sid);
  json.text_or_null("trunk_sid", resource.trunk_sid).text_or_null("address_sid", resource.address_sid);
  json.text_or_null("bundle_sid", resource.bundle_sid).text_or_null("identity_sid", resource.identity_sid);
  json.field("address_requirements", "none").field("beta", false).field("origin", "twilio");
  json.field("status", "in-use").field("type", resource.type).field("api_version", api_version);
  json.field("emergency_status", "Active").null_field("emergency_address_sid");
  json.field("emergency_address_status", "unregistered");
  write_dates(json, resource.created_at, resource.updated_at);
  json.field("uri", fmt::format("{}/IncomingPhoneNumbers/{}.json", account_path(resource.account_sid), resource.sid));
  json.end_object();
}

void write(json_writer& json, const message& resource) {
  const auto base = fmt::format("{}/Messages/{}", account_path(resource.account_sid), resource.sid);
  json.object().field("sid", resource.sid).field("account_sid", resource.account_sid);
  json.text_or_null("messaging_service_sid", resource.messaging_service_sid);
  json.text_or_null("from", resource.from).field("to", resource.to).field("body", resource.body);
  json.field("status", resource.status).field("direction", resource.direction);
  json.field("num_segments", std::to_string(resource.segments)).field("num_media", std::to_string(resource.media));
  json.text_or_null("price", resource.price).field("price_unit", "USD").field("api_version", api_version);
  json.key("error_code");
  resource.error_code ? json.value(*resource.error_code) : json.null();
  json.text_or_null("error_message", resource.error_code ? delivery_error_text(*resource.error_code) : "");
  write_dates(json, resource.created_at, resource.updated_at);
  date_or_null(json, "date_sent", resource.sent_at);
  write_subresources(json, base, {{"media", "Media"}});
  json.field("uri", base + ".json").end_object();
}

void write(json_writer& json, const call& resource) {
  const auto base = fmt::format("{}/Calls/{}", account_path(resource.account_sid), resource.sid);
  json.object().field("sid", resource.sid).field("account_sid", resource.account_sid);
  json.text_or_null("parent_call_sid", resource.parent_call_sid);
  json.text_or_null("phone_number_sid", resource.phone_number_sid);
  json.field("from", resource.from).field("from_formatted", formatted_number(resource.from));
  json.field("to", resource.to).field("to_formatted", formatted_number(resource.to));
  json.field("status", resource.status).field("direction", resource.direction).field("api_version", api_version);
  date_or_null(json, "start_time", resource.started_at);
  date_or_null(json, "end_time", resource.ended_at);
  const bool lasted = resource.started_at && resource.ended_at;
  json.text_or_null("duration", lasted ? std::to_string((resource.ended_at->ms - resource.started_at->ms) / 1000) : "");
  json.null_field("price").field("price_unit", "USD").null_field("answered_by").null_field("caller_name");
  json.null_field("forwarded_from").null_field("group_sid").null_field("trunk_sid").field("queue_time", "0");
  write_dates(json, resource.created_at, resource.updated_at);
  write_subresources(json, base, {{"recordings", "Recordings"}, {"notifications", "Notifications"}});
  json.field("uri", base + ".json").end_object();
}

} // namespace trunkline::sim

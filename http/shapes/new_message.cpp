#include "http/shapes/new_message.hpp"

#include "core/number_country.hpp"
#include "core/prices.hpp"
#include "core/utf8.hpp"
#include "json/reader.hpp"
#include "json/rules.hpp"
#include "json/writer.hpp"
#include "twilio/segments.hpp"
#include "twilio/sid.hpp"

#include <algorithm>

namespace trunkline::http::shapes {

namespace {

constexpr size_t longest_content = 1'600; // UTF-16 units, as Twilio counts them
constexpr size_t most_media = 10, longest_url = 2'000, most_variables = 100;

std::vector<std::string> read_media(const json::field& list) {
  std::vector<std::string> urls;
  for (const auto& one : list.array(0, most_media).value_or(std::vector<json::field>())) {
    auto url = one.text(1, longest_url).value_or("");
    if (!url.empty() && !url.starts_with("https://"))
      one.refuse("invalid_value", "Must be an https URL");
    urls.push_back(std::move(url));
  }
  return urls;
}

/// {"1":"Ana"} as Twilio wants it: the same object as text.
std::string read_variables(const json::field& value) {
  json::writer out;
  out.begin_object();
  auto object = value.object();
  if (!object)
    return {};
  size_t count = 0;
  object->each([&](std::string_view name, const json::field& one) {
    if (++count > most_variables)
      return one.refuse("too_long", "At most 100 variables");
    out.field(name, one.text(0, longest_content).value_or(""));
  });
  out.end_object();
  return out.take();
}

void read_template(json::object_reader& fields, new_message& out) {
  if (const auto sid = fields.take("content_sid")) {
    out.content_sid = sid->text(1, 34).value_or("");
    if (!out.content_sid.empty() && !twilio::is_sid(out.content_sid, "HX"))
      sid->refuse("invalid_value", "Must be HX and 32 hexadecimal digits");
  }
  if (const auto variables = fields.take("content_variables"))
    out.content_variables = read_variables(*variables);
}

void read_parties(json::object_reader& fields, std::string_view country, new_message& out) {
  if (const auto channel = fields.take("channel_id"))
    out.channel_id = channel->text(1, 64).value_or("");
  if (const auto to = fields.take("user_phone_number"))
    out.to = json::read_phone_number(*to, country);
  else if (out.channel_id.empty())
    fields.missing("user_phone_number");
  if (const auto from = fields.take("twilio_number"))
    out.from = json::read_phone_number(*from, country);
  if (const auto kind = fields.take("communication_type"))
    out.communication_type = kind->one_of({"sms", "whatsapp"}).value_or(0) == 0 ? "sms" : "whatsapp";
}

bool may_send_from(const core::tenant_config& config, const core::phone_number& number, bool whatsapp) {
  if (whatsapp && config.whatsapp_number == number)
    return true;
  if (config.numbers.empty() && config.legacy_number == number)
    return true;
  return std::any_of(config.numbers.begin(), config.numbers.end(),
                     [&](const auto& one) { return one.active && one.number == number; });
}

core::expected<core::phone_number> sender_of(const new_message& wanted, const core::tenant_config& config) {
  const bool whatsapp = wanted.communication_type == "whatsapp";
  const auto* primary = config.primary_number();
  if (wanted.from) {
    if (!may_send_from(config, *wanted.from, whatsapp))
      return core::fail(core::ec::number_not_in_account, "twilio_number is not an active number of this company.");
    return *wanted.from;
  }
  if (whatsapp && config.whatsapp_number)
    return *config.whatsapp_number;
  if (primary == nullptr)
    return core::fail(core::ec::company_has_no_number);
  return *primary;
}

void estimate(core::message_record& message, bool smart_encoding) {
  const auto counted = twilio::count_segments(smart_encoding ? twilio::smart_encode(message.content) : message.content);
  const bool whatsapp = message.communication_type == "whatsapp";
  message.encoding = twilio::to_string(counted.encoding);
  message.segments = whatsapp ? 1 : counted.segments;
  message.price = core::estimated_price(whatsapp, message.segments);
}

} // namespace

std::string company_in(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return {};
  auto fields = body->fields();
  const auto id = fields.take("companyId");
  return id && !id->is_null() ? id->text(1, 64).value_or("") : "";
}

core::expected<new_message> read_new_message(std::string_view text, std::string_view country) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  new_message out;
  auto fields = body->fields();
  read_parties(fields, country, out);
  if (const auto id = fields.take("companyId"))
    out.company_id = id->text(1, 64).value_or("");
  if (const auto content = fields.take("content"))
    out.content = content->text(0, json::max_text).value_or("");
  if (const auto sender = fields.take("sender"))
    out.sender = sender->text(1, 64).value_or("user");
  if (const auto media = fields.take("media"))
    out.media = read_media(*media);
  read_template(fields, out);
  if (out.content.empty() && out.media.empty() && out.content_sid.empty())
    fields.missing("content");
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  if (core::utf16_length(out.content) > longest_content)
    return core::fail(core::ec::message_too_long);
  return out;
}

core::expected<void> take_from_channel(new_message& wanted, const core::channel_record& channel) {
  std::string wrong;
  if (wanted.to.value_or(channel.user_phone_number) != channel.user_phone_number)
    wrong = "user_phone_number";
  else if (wanted.from.value_or(channel.twilio_number) != channel.twilio_number)
    wrong = "twilio_number";
  else if (!wanted.communication_type.empty() && wanted.communication_type != channel.communication_type)
    wrong = "communication_type";
  if (!wrong.empty())
    return core::fail(core::ec::invalid_configuration, wrong + " is not that of the channel. Leave it out, or leave "
                                                               "channel_id out.");
  wanted.to = channel.user_phone_number, wanted.from = channel.twilio_number;
  wanted.communication_type = channel.communication_type;
  return {};
}

core::expected<core::outgoing_message> compose(const new_message& wanted, const core::tenant_profile& company,
                                               core::message_id id, bool simulated, core::timestamp now) {
  const auto& config = company.config;
  auto from = sender_of(wanted, config);
  if (!from)
    return core::fail(std::move(from).error());
  if (config.allowed_countries) {
    const auto& allowed = *config.allowed_countries;
    if (std::find(allowed.begin(), allowed.end(), core::country_of(*wanted.to)) == allowed.end())
      return core::fail(core::ec::country_not_allowed);
  }
  core::outgoing_message out;
  auto& message = out.message;
  message.id = std::move(id);
  message.tenant = company.tenant.id;
  message.direction = "outbound";
  message.sender = wanted.sender;
  message.communication_type = wanted.communication_type.empty() ? "sms" : wanted.communication_type;
  message.twilio_number = std::move(*from);
  message.user_phone_number = *wanted.to;
  message.channel = core::channel_of(message.tenant, message.communication_type, message.twilio_number, *wanted.to);
  message.content = wanted.content;
  message.media = wanted.media;
  message.status = "queued";
  message.simulated = simulated;
  message.created_at = message.updated_at = now;
  out.content_sid = wanted.content_sid;
  out.content_variables = wanted.content_variables;
  estimate(message, config.smart_encoding);
  return out;
}

} // namespace trunkline::http::shapes

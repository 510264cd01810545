#include "http/shapes/message.hpp"

#include "json/writer.hpp"
#include "twilio/error_table.hpp"

namespace trunkline::http::shapes {

namespace {

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> time_or_null(const std::optional<core::timestamp>& at) {
  return at ? std::optional(core::to_rfc3339(*at)) : std::nullopt;
}

/// What is stored says what Trunkline itself knows; else Twilio's code says it, and whose move it is.
void write_error(json::writer& out, const core::message_record& message) {
  std::optional<twilio::error_words> words;
  if (message.error_code)
    words = twilio::describe_error(*message.error_code);
  const auto text = words && message.error_message.empty() ? std::string(words->message) : message.error_message;
  out.field("error_code", message.error_code);
  out.field("error_message", text_or_null(text));
  out.field("error_owner", words ? std::optional(twilio::to_string(words->owner)) : std::nullopt);
  out.field("error_action", words ? std::optional(words->action) : std::nullopt);
}

} // namespace

void write_message(json::writer& out, const core::message_record& message) {
  out.begin_object();
  out.field("id", message.id.value);
  out.field("company_id", message.tenant.value);
  out.field("channel_id", message.channel.value);
  out.field("campaign_id", text_or_null(message.campaign_id));
  out.field("direction", message.direction);
  out.field("sender", message.sender);
  out.field("communication_type", message.communication_type);
  out.field("twilio_number", message.twilio_number.str());
  out.field("user_phone_number", message.user_phone_number.str());
  out.field("content", message.content);
  out.key("media").begin_array();
  for (const auto& url : message.media)
    out.value(url);
  out.end_array();
  out.field("status", message.status);
  out.field("twilio_sid", text_or_null(message.twilio_sid));
  write_error(out, message);
  out.field("encoding", message.encoding);
  out.field("segments", message.segments);
  out.field("price", message.price ? std::optional(core::to_string(*message.price)) : std::nullopt);
  out.field("currency", "USD");
  out.field("price_estimated", message.price_estimated);
  out.field("simulated", message.simulated);
  out.field("created_at", core::to_rfc3339(message.created_at));
  out.field("sent_at", time_or_null(message.sent_at));
  out.field("delivered_at", time_or_null(message.delivered_at));
  out.field("updated_at", core::to_rfc3339(message.updated_at));
  out.end_object();
}

} // namespace trunkline::http::shapes

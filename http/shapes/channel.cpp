#include "http/shapes/channel.hpp"

#include "http/shapes/message.hpp"
#include "json/writer.hpp"

namespace trunkline::http::shapes {

void write_channel(json::writer& out, const core::channel_record& channel, core::timestamp now) {
  out.begin_object()
      .field("id", channel.id.value)
      .field("company_id", channel.tenant.value)
      .field("communication_type", channel.communication_type)
      .field("twilio_number", channel.twilio_number)
      .field("user_phone_number", channel.user_phone_number)
      .field("profile_name", channel.profile_name.empty() ? std::nullopt : std::optional(channel.profile_name));
  out.key("last_message");
  if (channel.last_message)
    write_message(out, *channel.last_message);
  else
    out.null();
  out.field("unread_count", channel.unread_count)
      .field("opted_out", channel.opted_out)
      .field("whatsapp_window_expires_at", core::open_until(channel.window_until, now))
      .field("created_at", channel.created_at)
      .field("updated_at", channel.updated_at)
      .end_object();
}

} // namespace trunkline::http::shapes

#include "routing/inbound_message.hpp"

#include "routing/params.hpp"
#include "twilio/opt_out.hpp"
#include "twilio/segments.hpp"
#include "twilio/twiml.hpp"

#include <fmt/format.h>

namespace trunkline::routing {

namespace {

using twilio::opt_out_keyword;

constexpr int64_t max_media = 10;
constexpr size_t max_body = 64 * 1024;
constexpr size_t max_sid = 34;
constexpr size_t max_profile_name = 256;

std::vector<std::string> media_of(const twilio::form& params) {
  std::vector<std::string> media;
  const auto count = read_count(params.get("NumMedia"), max_media).value_or(0);
  for (int64_t i = 0; i < count; ++i)
    if (auto url = web_address(params.get(fmt::format("MediaUrl{}", i))); !url.empty())
      media.push_back(std::move(url));
  return media;
}

/// Twilio's own count is what it bills; what it says is only doubted when it is no number of segments at all.
void count_segments(const twilio::form& params, core::message_record& message) {
  const auto counted = twilio::count_segments(message.content);
  const auto told = read_count(params.get("NumSegments"), 100).value_or(0);
  message.encoding = twilio::to_string(counted.encoding);
  message.segments = told > 0 ? static_cast<int>(told) : counted.segments;
}

/// The API's word for Twilio's; "" for one that says nothing about a message on its way out.
std::string_view outbound_status(std::string_view twilios) {
  if (twilios == "accepted" || twilios == "scheduled")
    return "queued";
  for (std::string_view known : {"queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "read"})
    if (twilios == known)
      return known;
  return {};
}

} // namespace

inbound_message read_message(const core::tenant_profile& profile, const twilio::form& params, core::timestamp now) {
  const auto from = read_party(params, "From", profile.tenant.country);
  const auto to = read_party(params, "To", profile.tenant.country);
  inbound_message inbound;
  auto& message = inbound.message;
  message.twilio_sid = storable(params.get("MessageSid"), max_sid);
  message.tenant = profile.tenant.id;
  message.id = core::message_id(core::derived_id("msg_", message.tenant.value, message.twilio_sid));
  message.direction = "inbound";
  message.sender = "customer";
  message.communication_type = from.whatsapp || to.whatsapp ? "whatsapp" : "sms";
  message.twilio_number = core::phone_number(to.text);
  message.user_phone_number = core::phone_number(from.text);
  message.channel =
      core::channel_of(message.tenant, message.communication_type, message.twilio_number, message.user_phone_number);
  message.content = storable(params.get("Body"), max_body);
  message.media = media_of(params);
  message.status = "received";
  message.created_at = message.updated_at = now;
  count_segments(params, message);
  inbound.profile_name = storable(params.get("ProfileName"), max_profile_name);

  const auto keyword = twilio::opt_out_keyword_of(params.get("Body"), params.get("OptOutType"));
  if (from.is_number && (keyword == opt_out_keyword::stop || keyword == opt_out_keyword::start))
    inbound.opt_out = core::opt_out_change{message.user_phone_number, keyword == opt_out_keyword::stop};
  inbound.wants_reply = from.is_number && keyword == opt_out_keyword::none;
  return inbound;
}

std::string reply_twiml(const core::tenant_config& config) {
  if (!config.auto_reply || config.auto_reply->empty())
    return twilio::empty_twiml();
  twilio::twiml doc;
  doc.open("Message").text(*config.auto_reply).close();
  return std::move(doc).finish();
}

std::optional<core::message_status_change> read_message_status(const twilio::form& params,
                                                               const core::message_id& message, core::timestamp now) {
  const auto status = outbound_status(params.get("MessageStatus"));
  if (status.empty())
    return std::nullopt;
  core::message_status_change change;
  change.twilio_sid = storable(params.get("MessageSid"), max_sid);
  change.status = status;
  if (const auto code = read_count(params.get("ErrorCode"), 999'999).value_or(0); code > 0)
    change.error_code = static_cast<int>(code);
  change.at = now;
  change.message = message;
  return change;
}

} // namespace trunkline::routing

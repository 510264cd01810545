#include "persistence/message_row.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace trunkline::persistence {

const std::string message_columns = "id, company_id, channel_id, campaign_id, direction, sender, communication_type, "
                                    "twilio_number, user_phone_number, content, "
                                    "media, status, status_rank, twilio_sid, error_code, error_message, encoding, "
                                    "segments, price, price_estimated, simulated, "
                                    "created_at, updated_at, sent_at, delivered_at";

std::string write_media(const std::vector<std::string>& urls) {
  if (urls.empty())
    return "[]";
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartArray();
  for (const auto& url : urls)
    writer.String(url);
  writer.EndArray();
  return {buffer.GetString(), buffer.GetSize()};
}

std::vector<std::string> read_media(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text);
  std::vector<std::string> urls;
  if (document.HasParseError() || !document.IsArray())
    return urls;
  for (const auto& url : document.GetArray())
    if (url.IsString())
      urls.emplace_back(url.GetString(), url.GetStringLength());
  return urls;
}

message_row::message_row(const core::message_record& m)
    : id(m.id.value),
      company(m.tenant.value),
      channel(m.channel.value),
      campaign(m.campaign_id),
      direction(m.direction),
      sender(m.sender),
      communication_type(m.communication_type),
      twilio_number(m.twilio_number.str()),
      user_phone_number(m.user_phone_number.str()),
      content(m.content),
      media(write_media(m.media)),
      status(m.status),
      status_rank(core::message_status_rank(m.status)),
      twilio_sid(m.twilio_sid),
      error_code(m.error_code ? std::optional<int64_t>(*m.error_code) : std::nullopt),
      error_message(m.error_message),
      encoding(m.encoding),
      segments(m.segments),
      price(m.price ? std::optional<int64_t>(m.price->units) : std::nullopt),
      price_estimated(m.price_estimated),
      simulated(m.simulated),
      created_at(m.created_at.ms),
      updated_at(m.updated_at.ms),
      sent_at(ms_of(m.sent_at)),
      delivered_at(ms_of(m.delivered_at)) {}

core::message_record message_row::record() const {
  core::message_record m;
  m.id.value = id;
  m.tenant.value = company;
  m.channel.value = channel;
  m.campaign_id = campaign;
  m.direction = direction;
  m.sender = sender;
  m.communication_type = communication_type;
  m.twilio_number = core::phone_number(twilio_number);
  m.user_phone_number = core::phone_number(user_phone_number);
  m.content = content;
  m.media = read_media(media);
  m.status = status;
  m.twilio_sid = twilio_sid;
  if (const auto code = error_code.get())
    m.error_code = static_cast<int>(*code);
  m.error_message = error_message;
  m.encoding = encoding;
  m.segments = static_cast<int>(segments);
  if (const auto units = price.get())
    m.price = core::money{*units};
  m.price_estimated = price_estimated != 0;
  m.simulated = simulated != 0;
  m.created_at.ms = created_at;
  m.updated_at.ms = updated_at;
  m.sent_at = time_of(sent_at);
  m.delivered_at = time_of(delivered_at);
  return m;
}

} // namespace trunkline::persistence

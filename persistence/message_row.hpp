#pragma once

#include "core/message.hpp"
#include "persistence/statement.hpp"

#include <string>

namespace trunkline::persistence {

/// The columns of table message, in the order of every statement about it.
extern const std::string message_columns;

/// Media URLs as one JSON array.
std::string write_media(const std::vector<std::string>& urls);
std::vector<std::string> read_media(const std::string& text);

/// A row of table message.
struct message_row {
  std::string id, company, channel, campaign, direction, sender, communication_type, twilio_number, user_phone_number;
  std::string content, media, status;
  long long status_rank = 0;
  std::string twilio_sid;
  nullable_int error_code;
  std::string error_message, encoding;
  long long segments = 1;
  nullable_int price;
  long long price_estimated = 1, simulated = 0, created_at = 0, updated_at = 0;
  nullable_int sent_at, delivered_at;

  message_row() = default;
  explicit message_row(const core::message_record& message);
  core::message_record record() const;

  auto columns() {
    return std::tie(id, company, channel, campaign, direction, sender, communication_type, twilio_number,
                    user_phone_number, content, media, status, status_rank, twilio_sid, error_code, error_message,
                    encoding, segments, price, price_estimated, simulated, created_at, updated_at, sent_at,
                    delivered_at);
  }
};

} // namespace trunkline::persistence

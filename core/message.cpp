#include "core/message.hpp"

namespace trunkline::core {

int message_status_rank(std::string_view status) {
  if (status == "queued" || status == "accepted" || status == "scheduled")
    return 0;
  if (status == "sending")
    return 1;
  if (status == "unknown")
    return 2;
  if (status == "sent")
    return 3;
  if (status == "delivered" || status == "undelivered" || status == "failed" || status == "canceled" ||
      status == "received")
    return 4;
  return status == "read" ? 5 : -1;
}

channel_id channel_of(const tenant_id& tenant, std::string_view communication_type, const phone_number& twilio_number,
                      const phone_number& user_phone_number) {
  return channel_id(derived_id("ch_", tenant.value, communication_type, twilio_number.str(), user_phone_number.str()));
}

} // namespace trunkline::core

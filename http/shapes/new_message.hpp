#pragma once

#include "core/channel.hpp"
#include "core/error.hpp"
#include "core/outgoing.hpp"
#include "core/tenant_profile.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::http::shapes {

/// What POST /api/messages asks for.
struct new_message {
  std::string channel_id;                     ///< empty: by its parties
  std::optional<core::phone_number> to, from; ///< user_phone_number, twilio_number
  std::string company_id;                     ///< empty: by key or header
  std::string communication_type;             ///< empty: the channel's, or sms
  std::string content, sender = "user";
  std::vector<std::string> media;
  std::string content_sid, content_variables;
};

/// `country`: of numbers without +. Every field that is not valid is in errors[]; ec::message_too_long.
core::expected<new_message> read_new_message(std::string_view body, std::string_view country);

/// Its companyId alone, which is needed before the rest can be read.
std::string company_in(std::string_view body);

/// What it leaves open is the channel's; what it says must be as well, else ec::invalid_configuration.
core::expected<void> take_from_channel(new_message& wanted, const core::channel_record& channel);

/// The message to be stored, of which is known to whom it goes, with the estimate of what it costs.
/// ec::company_has_no_number, ec::number_not_in_account, ec::country_not_allowed.
core::expected<core::outgoing_message> compose(const new_message& wanted, const core::tenant_profile& company,
                                               core::message_id id, bool simulated, core::timestamp now);

} // namespace trunkline::http::shapes

#pragma once

#include "actors/twilio_messages.hpp"
#include "core/secret.hpp"
#include "providers/http_exchange.hpp"

#include <optional>

namespace trunkline::providers {

// What Twilio's REST API says, in our words. Pure. Shapes and codes are Twilio's API v2010 (OpenAPI description and
// error dictionary); fields that we do not know are ignored, and nothing that is not expected gets further than here.
//
//   401, 403 and 404 of the account   ec::twilio_credentials_rejected
//   no answer, 429, 5xx, unreadable   ec::twilio_unreachable, with retry_after_seconds from Retry-After
//   we have no room ourselves         ec::overloaded
//   other refusals                    ec::internal_error: what we asked was wrong

/// GET /2010-04-01/Accounts/{sid}.json. The answer holds the account's token, which is not taken over.
core::expected<actors::account_state> read_account(const http_outcome& got);

/// GET .../IncomingPhoneNumbers.json?PhoneNumber=: the list of what resembles the number.
core::expected<std::optional<actors::account_number>> read_number(const http_outcome& got,
                                                                  const core::phone_number& wanted);

/// GET .../Recordings/{sid}.mp3; ec::not_found for 404.
core::expected<actors::recording_audio> read_recording(http_outcome got);

/// Whether Twilio was there to answer, whatever it said; a 5xx comes from whoever stands in for it.
enum class presence : uint8_t { there, away, not_asked };
presence presence_of(const http_outcome& got);

/// The error of an outcome that is `away`, whatever was asked.
core::error absence(const http_outcome& got);

/// Takes Twilio's words out of an error if they repeat the credentials of the request, also base64 or percent-encoded.
void conceal(core::error& refusal, const std::string& user, const core::secret& password);

} // namespace trunkline::providers

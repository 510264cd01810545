#pragma once

#include "actors/twilio_messages.hpp"
#include "providers/http_exchange.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trunkline::providers {

// Messages.json of Twilio's API v2010: what is asked and what an answer means for a message. Pure.

/// The form body of POST /Messages.json (FACTS 3.2).
std::string write_send(const actors::send_message& order);

/// What became of the message. Twilio says of 429 that nothing was processed; of 5xx and of silence nobody knows.
actors::send_answer read_send(const http_outcome& got);

/// The path below the account's of the first page of what was sent from the one to the other.
std::string first_page_of(const actors::list_sent_messages& question);

struct sent_page {
  std::vector<core::sent_candidate> messages;
  std::string next; ///< path and query below the API's address; empty on the last page
};
core::expected<sent_page> read_sent_page(const http_outcome& got, const std::string& account_sid);

} // namespace trunkline::providers

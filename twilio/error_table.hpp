#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace trunkline::twilio {

/// Where a code is met: answers of the REST API, status callbacks, Twilio's fetches of our webhooks, ConversationRelay.
enum class error_origin : uint8_t { api, delivery, webhook, relay };

/// What a code means for the request that met it.
enum class error_class : uint8_t {
  retry_safe,  ///< not processed: retry with back-off
  retry_later, ///< may succeed later, as a new attempt
  ambiguous,   ///< processed or not: never repeat blindly
  no_retry,    ///< permanent for this request
  fix_config,  ///< somebody has to change something first
  suppress,    ///< permanent for this recipient
};

/// Whose move it is.
enum class error_owner : uint8_t { company, platform, recipient, twilio };

std::string_view to_string(error_owner owner);

struct error_entry {
  int code;
  std::string_view name; ///< Twilio's
  int http_status;       ///< 0 if it is not the answer to a request, or not known
  error_origin origin;
  error_class meaning;
  error_owner owner;
};

/// All codes we know, by code.
std::span<const error_entry> error_table();

/// Null for a code we don't know: then only the HTTP status or the message's status counts.
const error_entry* find_error(int code);

constexpr bool is_retried(error_class meaning) {
  return meaning == error_class::retry_safe || meaning == error_class::retry_later;
}

/// An error as the API shows it: `error_message`, `error_owner`, `error_action` [M8].
struct error_words {
  std::string_view message;
  error_owner owner;
  std::string_view action; ///< what to do
};

/// Twilio refuses a suspended account with the same codes as a wrong token, so the caller says if it knows better.
error_words describe_error(int code, bool account_suspended = false);

} // namespace trunkline::twilio

#include "twilio/error_table.hpp"

#include <algorithm>
#include <array>

namespace trunkline::twilio {

namespace {

using origin = error_origin;
using move = error_class;
using owner = error_owner;

// Code, Twilio's name, HTTP status and class are tests/data/twilio/twilio_error_table.json, which a test compares; the
// owner is our judgement of who can do something about it. Sorted by code.
constexpr std::array<error_entry, 146> table = {{
    // clang-format off
    {11200, "HTTP retrieval failure", 0, origin::webhook, move::fix_config, owner::platform},
    {11205, "HTTP connection failure", 0, origin::webhook, move::fix_config, owner::platform},
    {11206, "HTTP protocol violation", 0, origin::webhook, move::fix_config, owner::platform},
    {11210, "HTTP bad host name", 0, origin::webhook, move::fix_config, owner::platform},
    {11215, "HTTP too many redirects", 0, origin::webhook, move::fix_config, owner::platform},
    {11220, "SSL/TLS Handshake Error", 0, origin::webhook, move::fix_config, owner::platform},
    {11235, "Certificate Invalid - Domain Mismatch", 0, origin::webhook, move::fix_config, owner::platform},
    {11237, "Certificate Invalid - Could not find path to certificate", 0, origin::webhook, move::fix_config, owner::platform},
    {11750, "TwiML response body too large", 0, origin::webhook, move::fix_config, owner::platform},
    {11751, "Media Message - Media exceeds messaging provider size limit", 0, origin::webhook, move::no_retry, owner::company},
    {12100, "Document parse failure", 0, origin::webhook, move::fix_config, owner::platform},
    {12200, "Schema validation warning", 0, origin::webhook, move::fix_config, owner::platform},
    {12300, "Invalid Content-Type", 0, origin::webhook, move::fix_config, owner::platform},
    {13214, "Dial: Invalid callerId value", 0, origin::webhook, move::fix_config, owner::company},
    {13224, "Dial: Twilio does not support calling this number or the number is invalid", 0, origin::webhook, move::no_retry, owner::company},
    {13227, "Geo Permission configuration is not permitting call", 0, origin::webhook, move::fix_config, owner::company},
    {14107, "SMS send rate limit exceeded", 0, origin::delivery, move::no_retry, owner::company},
    {15003, "Call Progress: Warning Response to Callback URL", 0, origin::webhook, move::fix_config, owner::platform},
    {20001, "Unknown parameters", 400, origin::api, move::no_retry, owner::platform},
    {20003, "Permission Denied", 401, origin::api, move::fix_config, owner::company},
    {20004, "Method not allowed", 405, origin::api, move::no_retry, owner::platform},
    {20005, "Account not active", 0, origin::api, move::fix_config, owner::company},
    {20006, "Access Denied", 403, origin::api, move::fix_config, owner::company},
    {20008, "Test Credentials", 403, origin::api, move::fix_config, owner::company},
    {20404, "Not Found", 404, origin::api, move::no_retry, owner::platform},
    {20409, "Conflict", 409, origin::api, move::no_retry, owner::platform},
    {20429, "Too Many Requests", 429, origin::api, move::retry_safe, owner::platform},
    {20500, "Internal Server Error", 500, origin::api, move::ambiguous, owner::twilio},
    {20503, "Service unavailable", 503, origin::api, move::ambiguous, owner::twilio},
    {21201, "No Called number specified", 400, origin::api, move::no_retry, owner::platform},
    {21205, "Invalid URL", 400, origin::api, move::no_retry, owner::platform},
    {21210, "'From' phone number not verified", 400, origin::api, move::fix_config, owner::company},
    {21211, "Invalid 'To' Phone Number", 400, origin::api, move::no_retry, owner::company},
    {21212, "Invalid From Number (caller ID)", 400, origin::api, move::fix_config, owner::company},
    {21213, "Caller phone number is required", 400, origin::api, move::no_retry, owner::platform},
    {21214, "'To' phone number cannot be reached", 400, origin::api, move::no_retry, owner::recipient},
    {21215, "Geo Permission configuration is not permitting call", 400, origin::api, move::fix_config, owner::company},
    {21216, "API: Call blocked by Twilio blocklist", 400, origin::api, move::no_retry, owner::twilio},
    {21217, "Phone number does not appear to be valid", 400, origin::api, move::no_retry, owner::company},
    {21218, "Invalid ApplicationSid", 400, origin::api, move::fix_config, owner::company},
    {21219, "'To' phone number not verified", 400, origin::api, move::fix_config, owner::company},
    {21220, "Invalid call state", 400, origin::api, move::no_retry, owner::platform},
    {21401, "Invalid Phone Number", 400, origin::api, move::no_retry, owner::company},
    {21402, "Invalid Url", 400, origin::api, move::fix_config, owner::platform},
    {21403, "Invalid Method", 400, origin::api, move::no_retry, owner::platform},
    {21404, "Inbound Phone number not available to trial account", 400, origin::api, move::fix_config, owner::company},
    {21405, "Cannot set VoiceFallbackUrl without setting Url", 400, origin::api, move::no_retry, owner::platform},
    {21406, "Cannot set SmsFallbackUrl without setting SmsUrl", 400, origin::api, move::no_retry, owner::platform},
    {21407, "This Phone Number type does not support SMS", 400, origin::api, move::no_retry, owner::company},
    {21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number", 400, origin::api, move::fix_config, owner::company},
    {21421, "Phone Number is invalid", 400, origin::api, move::no_retry, owner::company},
    {21422, "PhoneNumber is not available", 400, origin::api, move::no_retry, owner::platform},
    {21450, "Phone number already validated on your account", 400, origin::api, move::no_retry, owner::company},
    {21451, "Invalid area code", 400, origin::api, move::no_retry, owner::company},
    {21452, "No phone numbers found in area code", 400, origin::api, move::no_retry, owner::company},
    {21502, "Invalid callback url", 400, origin::api, move::fix_config, owner::platform},
    {21601, "Phone number is not a valid SMS-capable inbound phone number", 400, origin::api, move::fix_config, owner::company},
    {21602, "Message body is required", 400, origin::api, move::no_retry, owner::platform},
    {21603, "A 'From' or 'MessagingServiceSid' parameter is required to send a message", 400, origin::api, move::no_retry, owner::platform},
    {21604, "The destination 'To' phone number is required to send an SMS", 400, origin::api, move::no_retry, owner::platform},
    {21605, "Maximum body length is 160 characters (old API endpoint)", 400, origin::api, move::no_retry, owner::platform},
    {21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination.", 400, origin::api, move::fix_config, owner::company},
    {21608, "The 'to' phone number provided is not yet verified for this account.", 400, origin::api, move::fix_config, owner::company},
    {21609, "Invalid 'StatusCallback'", 400, origin::api, move::fix_config, owner::platform},
    {21610, "Attempt to send to unsubscribed recipient", 400, origin::api, move::suppress, owner::recipient},
    {21611, "This 'From' number has exceeded the maximum number of queued messages", 0, origin::api, move::retry_later, owner::platform},
    {21612, "The 'To' phone number is not currently reachable via SMS", 400, origin::api, move::no_retry, owner::recipient},
    {21613, "PhoneNumber Requires Certification", 400, origin::api, move::fix_config, owner::company},
    {21614, "'To' number is not a valid mobile number", 400, origin::api, move::suppress, owner::recipient},
    {21615, "Phone Number Requires a Local Address", 400, origin::api, move::fix_config, owner::company},
    {21616, "The 'From' number matches multiple numbers for your account", 400, origin::api, move::no_retry, owner::company},
    {21617, "The concatenated message body exceeds the 1600 character limit", 400, origin::api, move::no_retry, owner::company},
    {21618, "The message body cannot be sent", 400, origin::api, move::no_retry, owner::company},
    {21619, "Unable to create record", 400, origin::api, move::no_retry, owner::twilio},
    {21620, "Invalid media URL(s)", 400, origin::api, move::no_retry, owner::company},
    {21621, "The 'From' number has not been enabled for MMS", 400, origin::api, move::fix_config, owner::company},
    {21623, "Number of media files exceeds allowed limit", 400, origin::api, move::no_retry, owner::company},
    {21626, "Invalid 'StatusCallbackEvent'", 400, origin::api, move::no_retry, owner::platform},
    {21628, "Address Validation Error", 400, origin::api, move::fix_config, owner::company},
    {21631, "Phone Number Requires an Address", 400, origin::api, move::fix_config, owner::company},
    {21649, "Phone Number Requires a Bundle", 400, origin::api, move::fix_config, owner::company},
    {21650, "Phone Number Requires a Verified Identity Document", 400, origin::api, move::fix_config, owner::company},
    {21654, "ContentSid Required", 400, origin::api, move::no_retry, owner::company},
    {21655, "The ContentSid is Invalid", 400, origin::api, move::fix_config, owner::company},
    {21656, "The ContentVariables Parameter is invalid", 400, origin::api, move::no_retry, owner::company},
    {21701, "The Messaging Service does not exist", 404, origin::api, move::fix_config, owner::company},
    {21703, "The Messaging Service does not have a phone number available to send a message", 400, origin::api, move::fix_config, owner::company},
    {21704, "The Messaging Service contains no phone numbers", 400, origin::api, move::fix_config, owner::company},
    {21705, "The Messaging Service is invalid", 400, origin::api, move::fix_config, owner::company},
    {21710, "Phone Number Already Exists in Messaging Service", 409, origin::api, move::no_retry, owner::company},
    {21712, "Phone Number or Short Code is associated with another Messaging Service.", 409, origin::api, move::no_retry, owner::company},
    {21714, "Messaging Service Number Pool size limit reached", 400, origin::api, move::fix_config, owner::company},
    {30001, "Queue overflow", 0, origin::delivery, move::retry_later, owner::platform},
    {30002, "Account suspended", 0, origin::delivery, move::fix_config, owner::company},
    {30003, "Unreachable destination handset", 0, origin::delivery, move::retry_later, owner::recipient},
    {30004, "Message blocked", 0, origin::delivery, move::no_retry, owner::company},
    {30005, "Unknown destination handset", 0, origin::delivery, move::suppress, owner::recipient},
    {30006, "Landline or unreachable carrier", 0, origin::delivery, move::suppress, owner::recipient},
    {30007, "Message filtered", 0, origin::delivery, move::no_retry, owner::company},
    {30008, "Unknown error", 0, origin::delivery, move::retry_later, owner::twilio},
    {30009, "Missing inbound segment", 0, origin::delivery, move::no_retry, owner::twilio},
    {30010, "Message price exceeds max price", 0, origin::delivery, move::fix_config, owner::company},
    {30011, "MMS not supported by the receiving phone number in this region", 0, origin::delivery, move::no_retry, owner::recipient},
    {30017, "Carrier network congestion", 0, origin::delivery, move::retry_later, owner::twilio},
    {30018, "Destination carrier requires sender ID pre-registration", 0, origin::delivery, move::fix_config, owner::company},
    {30019, "Content size exceeds carrier limit", 0, origin::delivery, move::no_retry, owner::company},
    {30022, "US A2P 10DLC - Rate Limits Exceeded", 0, origin::delivery, move::retry_later, owner::platform},
    {30023, "US A2P 10DLC - Daily Message Cap Reached", 0, origin::delivery, move::retry_later, owner::company},
    {30024, "Numeric Sender ID Not Provisioned on Carrier", 0, origin::delivery, move::fix_config, owner::company},
    {30027, "US A2P 10DLC - T-Mobile Daily Message Limit Reached", 0, origin::delivery, move::retry_later, owner::company},
    {30032, "Toll-Free Number Has Not Been Verified", 0, origin::delivery, move::fix_config, owner::company},
    {30033, "US A2P 10DLC - Campaign Suspended", 0, origin::delivery, move::fix_config, owner::company},
    {30034, "US A2P 10DLC - Message from an Unregistered Number", 0, origin::delivery, move::fix_config, owner::company},
    {30035, "US A2P 10DLC - Message from a number still being configured", 0, origin::delivery, move::retry_later, owner::twilio},
    {30410, "Provider Timeout Error", 0, origin::delivery, move::retry_later, owner::twilio},
    {30450, "Message delivery blocked", 0, origin::delivery, move::no_retry, owner::company},
    {31901, "Stream - WebSocket - Connection Timeout", 0, origin::webhook, move::fix_config, owner::company},
    {31920, "Stream - WebSocket - Handshake Error", 0, origin::webhook, move::fix_config, owner::company},
    {31921, "Stream - WebSocket - Close Error", 0, origin::webhook, move::retry_later, owner::company},
    {31924, "Stream - Websocket - Protocol Error", 0, origin::webhook, move::fix_config, owner::company},
    {63001, "Channel could not authenticate the request. Please see Channel specific error message for more information", 0, origin::delivery, move::fix_config, owner::company},
    {63003, "Channel could not find To address", 0, origin::delivery, move::no_retry, owner::recipient},
    {63005, "Channel did not accept given content. Please see Channel specific error message for more information", 0, origin::delivery, move::no_retry, owner::company},
    {63007, "Twilio could not find a Channel with the specified From address", 400, origin::api, move::fix_config, owner::company},
    {63008, "Could not execute the request because the channel module has been misconfigured. Please check the Channel configuration in Twilio", 0, origin::delivery, move::fix_config, owner::company},
    {63009, "Channel provider returned an internal service error (HTTP 5xx). Please see Channel specific error message for more information", 0, origin::delivery, move::retry_later, owner::twilio},
    {63010, "Twilio's platform encountered an internal error processing this message", 0, origin::delivery, move::retry_later, owner::twilio},
    {63012, "Channel provider returned an internal service error", 0, origin::delivery, move::retry_later, owner::twilio},
    {63013, "Channel policy violation", 0, origin::delivery, move::no_retry, owner::company},
    {63014, "Channel message blocked by user action", 0, origin::delivery, move::suppress, owner::recipient},
    {63015, "Channel Sandbox can only send messages to phone numbers that have joined the Sandbox", 0, origin::delivery, move::fix_config, owner::company},
    {63016, "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template.", 0, origin::delivery, move::no_retry, owner::company},
    {63017, "Rate limit exceeded", 0, origin::delivery, move::retry_later, owner::platform},
    {63018, "Rate limit exceeded for Channel", 0, origin::delivery, move::retry_later, owner::platform},
    {63019, "Media failed to download", 0, origin::delivery, move::no_retry, owner::company},
    {63021, "Channel invalid content error", 0, origin::delivery, move::no_retry, owner::company},
    {63024, "Invalid message recipient", 0, origin::delivery, move::suppress, owner::recipient},
    {63027, "Template does not exist for a language and locale", 0, origin::delivery, move::fix_config, owner::company},
    {63028, "Number of parameters provided does not match the expected number of parameters", 0, origin::delivery, move::no_retry, owner::company},
    {63032, "We cannot send this message to this user because of a WhatsApp limitation. ", 0, origin::delivery, move::no_retry, owner::recipient},
    {63033, "Recipient blocked to receive message", 0, origin::delivery, move::suppress, owner::recipient},
    {63038, "Account exceeded the daily messages limit", 0, origin::delivery, move::retry_later, owner::company},
    {64101, "ConversationRelay: invalid parameter/TTS settings", 0, origin::relay, move::fix_config, owner::company},
    {64102, "ConversationRelay: unable to connect to WebSocket URL", 0, origin::relay, move::fix_config, owner::company},
    {64105, "ConversationRelay: WebSocket ended (unverified name)", 0, origin::relay, move::fix_config, owner::company},
    {64107, "ConversationRelay: invalid message from application (session continues, message ignored)", 0, origin::relay, move::fix_config, owner::company},
    // clang-format on
}};

} // namespace

std::span<const error_entry> error_table() { return table; }

const error_entry* find_error(int code) {
  const auto entry =
      std::lower_bound(table.begin(), table.end(), code, [](const error_entry& e, int c) { return e.code < c; });
  return entry != table.end() && entry->code == code ? &*entry : nullptr;
}

std::string_view to_string(error_owner owner) {
  switch (owner) {
  case error_owner::company:
    return "company";
  case error_owner::platform:
    return "platform";
  case error_owner::recipient:
    return "recipient";
  case error_owner::twilio:
    return "twilio";
  }
  return "twilio";
}

} // namespace trunkline::twilio

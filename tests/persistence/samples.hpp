#pragma once

#include "core/principal.hpp"
#include "core/webhook_event.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace trunkline::tests {

inline const core::tenant_id acme("co_acme00000001");
inline const core::tenant_id other("co_other0000001");

inline const core::author somebody{{"key", "key_somebody1", core::role::platform_admin, {}},
                                   core::request_id("req_1a2b")};

inline std::string call_sid(int n) { return fmt::format("CA{:032x}", n); }
inline std::string message_sid(int n) { return fmt::format("SM{:032x}", n); }

/// Number n of many different voice webhooks, answered with something of its own.
inline core::webhook_event voice_event(int n, const std::string& answer = {}) {
  core::webhook_event event;
  event.key = {acme, core::webhook_kind::voice, call_sid(n), "ringing", -1, -1};
  event.received_at.ms = 1'700'000'000'000 + n;
  event.params = fmt::format("CallSid={}&From=%2B15559876543", call_sid(n));
  event.answer = {200, "application/xml", answer.empty() ? fmt::format("<Response>{}</Response>", n) : answer};
  core::call_facts facts;
  facts.call_sid = call_sid(n);
  facts.direction = "inbound";
  facts.from = "+15559876543";
  facts.to = "+15551234567";
  facts.status = "ringing";
  facts.started_at = event.received_at;
  facts.route_configured = "voicemail";
  event.call = facts;
  return event;
}

/// A message somebody has sent to the company.
inline core::message_record received_message(int n, const std::string& content) {
  core::message_record message;
  message.id.value = core::derived_id("msg_", acme.value, message_sid(n));
  message.tenant = acme;
  message.twilio_number = core::phone_number("+15551234567");
  message.user_phone_number = core::phone_number("+15559876543");
  message.channel = core::channel_of(acme, "sms", message.twilio_number, message.user_phone_number);
  message.direction = "inbound";
  message.sender = "customer";
  message.communication_type = "sms";
  message.content = content;
  message.status = "received";
  message.twilio_sid = message_sid(n);
  message.encoding = "GSM-7";
  message.created_at.ms = message.updated_at.ms = 1'700'000'000'000 + n;
  return message;
}

inline core::webhook_event sms_event(int n, const std::string& content = "hello") {
  core::webhook_event event;
  event.key = {acme, core::webhook_kind::sms, message_sid(n), "received", -1, -1};
  event.received_at.ms = 1'700'000'000'000 + n;
  event.params = "Body=hello";
  event.answer = {200, "application/xml", "<Response/>"};
  event.message = received_message(n, content);
  return event;
}

/// What Twilio says later about message n.
inline core::webhook_event status_event(int n, const std::string& status, int64_t at_ms,
                                        std::optional<int> error = {}) {
  core::webhook_event event;
  event.key = {acme, core::webhook_kind::status, message_sid(n), status, -1, -1};
  event.received_at.ms = at_ms;
  event.answer = {204, "", ""};
  event.message_status = core::message_status_change{message_sid(n), status, error, core::timestamp{at_ms}};
  return event;
}

inline std::vector<const core::webhook_event*> pointers(const std::vector<core::webhook_event>& events) {
  std::vector<const core::webhook_event*> out;
  for (const auto& event : events)
    out.push_back(&event);
  return out;
}

} // namespace trunkline::tests

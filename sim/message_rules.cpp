#include "sim/message_rules.hpp"

#include "core/utf8.hpp"
#include "twilio/segments.hpp"
#include "twilio/sid.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace trunkline::sim {

namespace {

constexpr std::string_view magic = "+1500555";
constexpr std::string_view whatsapp = "whatsapp:";
constexpr size_t most_media = 10;
constexpr size_t longest_body = 1600; // UTF-16 units
constexpr size_t longest_url = 4000;

struct magic_number {
  std::string_view number;
  int code;
};

constexpr magic_number bad_senders[] = {{"+15005550001", 21212}, {"+15005550007", 21606}, {"+15005550008", 21611}};
constexpr magic_number bad_recipients[] = {{"+15005550001", 21211},
                                           {"+15005550002", 21612},
                                           {"+15005550003", 21408},
                                           {"+15005550004", 21610},
                                           {"+15005550009", 21614}};
constexpr magic_number bad_callers[] = {{"+15005550001", 21212}};
constexpr magic_number bad_callees[] = {
    {"+15005550001", 21217}, {"+15005550002", 21214}, {"+15005550003", 21215}, {"+15005550004", 21216}};
constexpr std::string_view good_sender = "+15005550006";

int magic_code(std::span<const magic_number> table, std::string_view number) {
  const auto found = std::ranges::find(table, number, &magic_number::number);
  return found == table.end() ? 0 : found->code;
}

std::string_view bare(std::string_view address) {
  return address.starts_with(whatsapp) ? address.substr(whatsapp.size()) : address;
}

bool owns(const state& data, const account& holder, std::string_view number) {
  const auto found = data.owner_of(std::string(number));
  return number == good_sender || (found && found->account_sid == holder.sid);
}

std::string first_number(const state& data, const account& holder) {
  for (const auto& number : data.numbers.of_account(holder.sid))
    if (!number->deleted)
      return number->phone_number;
  return {};
}

/// 0 if the sender is right.
int check_sender(const twilio::form& form, const account& sender, const state& data) {
  const auto from = form.get("From");
  if (from.empty()) {
    if (!twilio::is_sid(form.get("MessagingServiceSid"), "MG"))
      return 21705;
    return first_number(data, sender).empty() ? 21704 : 0;
  }
  if (const int code = magic_code(bad_senders, bare(from)))
    return code;
  if (!is_e164(bare(from)))
    return 21212;
  if (!owns(data, sender, bare(from)))
    return from.starts_with(whatsapp) ? 63007 : 21606;
  return from.starts_with(whatsapp) == form.get("To").starts_with(whatsapp) ? 0 : 21612;
}

int check_content(const twilio::form& form) {
  const auto media = form.count("MediaUrl");
  if (form.get("Body").empty() && media == 0 && form.get("ContentSid").empty())
    return 21602;
  if (core::utf16_length(core::to_clean_utf8(form.get("Body"))) > longest_body)
    return 21617;
  if (media > most_media)
    return 21623;
  for (const auto& [name, value] : form.fields())
    if (name == "MediaUrl" && !is_callback_url(value))
      return 21620;
  return form.has("StatusCallback") && !form.get("StatusCallback").empty() &&
                 !is_callback_url(form.get("StatusCallback"))
             ? 21609
             : 0;
}

int check_message_form(const twilio::form& form, const account& sender, const state& data) {
  const auto to = form.get("To");
  if (to.empty())
    return 21604;
  if (form.get("From").empty() && form.get("MessagingServiceSid").empty())
    return 21603;
  if (const int code = check_content(form))
    return code;
  if (const int code = magic_code(bad_recipients, bare(to)))
    return code;
  if (!is_e164(bare(to)))
    return 21211;
  if (const int code = check_sender(form, sender, data))
    return code;
  const auto from = form.get("From").empty() ? first_number(data, sender) : std::string(bare(form.get("From")));
  return data.opted_out(from, std::string(bare(to))) ? 21610 : 0;
}

/// 15 minutes to 35 days ahead, and only through a service.
answer<std::optional<core::timestamp>> scheduled_time(const twilio::form& form, core::timestamp now) {
  if (form.get("ScheduleType").empty())
    return std::optional<core::timestamp>();
  const auto at = core::parse_rfc3339(form.get("SendAt"));
  if (!at || form.get("ScheduleType") != "fixed" || form.get("MessagingServiceSid").empty())
    return refuse(20001);
  if (at->ms < now.ms + 900'000LL || at->ms > now.ms + 35 * 86'400'000LL)
    return refuse(20001);
  return std::optional(*at);
}

} // namespace

bool is_e164(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         text.substr(1).find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_callback_url(std::string_view text) {
  const size_t scheme = text.starts_with("http://") ? 7 : text.starts_with("https://") ? 8 : 0;
  if (scheme == 0 || text.size() > longest_url)
    return false;
  const auto host = text.substr(scheme, text.find_first_of("/?#", scheme) - scheme);
  return !host.empty() && host.find_first_of("_ ") == std::string_view::npos;
}

answer<message> check_message(const twilio::form& form, const account& sender, const state& data, core::timestamp now) {
  if (const int code = check_message_form(form, sender, data))
    return refuse(code);
  const auto send_at = scheduled_time(form, now);
  if (!send_at)
    return tl::make_unexpected(send_at.error());
  message accepted;
  accepted.account_sid = sender.sid;
  accepted.to = form.get("To");
  accepted.from = form.get("From");
  accepted.messaging_service_sid = form.get("MessagingServiceSid");
  // Twilio puts this before what a trial account sends, so nobody can find a message by its exact text.
  if (sender.type == "Trial")
    accepted.body = "Sent from your Twilio trial account - ";
  const auto body = core::to_clean_utf8(form.get("Body"));
  accepted.body += form.get("SmartEncoded") == "true" ? twilio::smart_encode(body) : body;
  accepted.status_callback = form.get("StatusCallback");
  accepted.media = static_cast<int>(form.count("MediaUrl"));
  accepted.send_at = *send_at;
  accepted.status = *send_at ? "scheduled" : accepted.from.empty() ? "accepted" : "queued";
  accepted.segments = accepted.from.empty() ? 0 : twilio::count_segments(accepted.body).segments;
  return accepted;
}

fate fate_of(std::string_view to) {
  to = bare(to);
  if (to == "+15005554000")
    return {"sent"};
  if (to.size() != 12 || !to.starts_with("+15005553"))
    return {};
  int code = 0;
  std::from_chars(to.data() + 9, to.data() + 12, code);
  code += 30'000;
  return {code <= 30'002 ? "failed" : "undelivered", code};
}

std::string_view end_of_call(std::string_view to) {
  if (!to.starts_with(magic))
    return "completed";
  const auto rest = to.substr(magic.size());
  return rest == "4486" ? "busy" : rest == "4408" ? "no-answer" : rest == "4500" ? "failed" : "completed";
}

answer<call> check_call(const twilio::form& form, const account& caller, const state& data) {
  const auto to = form.get("To"), from = form.get("From");
  if (to.empty())
    return refuse(21201);
  if (from.empty())
    return refuse(21213);
  if (const int code = magic_code(bad_callees, to))
    return refuse(code);
  if (const int code = magic_code(bad_callers, from))
    return refuse(code);
  if (!is_e164(to) && !to.starts_with("sip:") && !to.starts_with("client:"))
    return refuse(21217);
  if (!is_e164(from) || !owns(data, caller, from))
    return refuse(21212);
  if (form.get("Twiml").empty() && form.get("ApplicationSid").empty() && !is_callback_url(form.get("Url")))
    return refuse(21205);
  if (!form.get("StatusCallback").empty() && !is_callback_url(form.get("StatusCallback")))
    return refuse(21609);
  call placed;
  placed.account_sid = caller.sid;
  placed.to = to;
  placed.from = from;
  placed.url = form.get("Url");
  placed.status_callback = form.get("StatusCallback");
  if (form.get("Method") == "GET")
    placed.method = "GET";
  if (form.get("StatusCallbackMethod") == "GET")
    placed.status_callback_method = "GET";
  if (form.has("StatusCallbackEvent"))
    placed.status_events.clear();
  for (const auto& [name, value] : form.fields())
    if (name == "StatusCallbackEvent")
      placed.status_events.emplace_back(value);
  if (const auto number = data.owner_of(placed.from))
    placed.phone_number_sid = number->sid;
  return placed;
}

} // namespace trunkline::sim

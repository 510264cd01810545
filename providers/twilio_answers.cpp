#include "providers/twilio_answers.hpp"

#include "json/reader.hpp"
#include "twilio/error_table.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>

namespace trunkline::providers {

namespace {

using core::ec;

constexpr size_t longest_text = 2'000;  // URLs; anything longer counts as empty
constexpr size_t most_numbers = 100;    // of a list
constexpr size_t longest_message = 500; // of a refusal

std::string text_of(json::object_reader& from, std::string_view name) {
  const auto value = from.take(name);
  return value && !value->is_null() ? value->text(0, longest_text).value_or("") : "";
}

bool flag_of(json::object_reader& from, std::string_view name) {
  const auto value = from.take(name);
  return value && value->boolean().value_or(false);
}

// -- errors -----------------------------------------------------------------------------------------------------------

/// {"code":20003,"message":"...","more_info":"https://...","status":401}; proxies in front of the API say HTML.
core::twilio_refusal refusal_in(const answered& answer) {
  core::twilio_refusal said{answer.status, 0, fmt::format("HTTP {}", answer.status), ""};
  auto body = json::body::parse(answer.body);
  if (!body)
    return said;
  auto fields = body->fields();
  if (const auto code = fields.take("code"))
    said.code = static_cast<int>(code->integer(0, 999'999).value_or(0));
  if (auto message = text_of(fields, "message"); !message.empty() && message.size() <= longest_message)
    said.message = std::move(message);
  if (auto link = text_of(fields, "more_info"); link.starts_with("https://www.twilio.com/"))
    said.more_info = std::move(link);
  return said;
}

int seconds_to_wait(const answered& answer) {
  constexpr int64_t longest = 3'600;
  return static_cast<int>(
      std::clamp<int64_t>(answer.retry_after.value_or(std::chrono::seconds(1)).count(), 1, longest));
}

std::string detail_of(ec code, const core::twilio_refusal& said) {
  if (code == ec::twilio_unreachable)
    return said.http_status == 429 ? "Twilio takes no more requests for this account at the moment."
                                   : fmt::format("Twilio answered {}.", said.http_status);
  if (code != ec::twilio_credentials_rejected || twilio::find_error(said.code) == nullptr)
    return {};
  const auto words = twilio::describe_error(said.code);
  return fmt::format("{}. {}.", words.message, words.action);
}

/// `if_unknown`: what 404 means.
core::error refused(const answered& answer, ec if_unknown) {
  constexpr int not_active = 20005; // comes with more than one status
  core::error out;
  out.twilio = refusal_in(answer);
  const bool later = answer.status == 429 || answer.status >= 500;
  const bool forbidden = answer.status == 401 || answer.status == 403 || out.twilio->code == not_active;
  out.code = later                  ? ec::twilio_unreachable
             : forbidden            ? ec::twilio_credentials_rejected
             : answer.status == 404 ? if_unknown
                                    : ec::internal_error;
  out.detail = detail_of(out.code, *out.twilio);
  out.context = fmt::format("Twilio: {} {} {}", answer.status, out.twilio->code, answer.request_id);
  out.retry_after_seconds = seconds_to_wait(answer);
  return out;
}

core::error silent(const http_outcome& got) {
  if (const auto* unknown = std::get_if<fate_unknown>(&got.what))
    return {ec::twilio_unreachable, "Twilio did not answer in time.", "Twilio: " + unknown->detail, {}};
  const auto& left = std::get<not_sent>(got.what);
  if (left.why == not_sent::cause::no_connection)
    return {ec::twilio_unreachable, "There is no connection to Twilio.", "Twilio: " + left.detail, {}};
  return {ec::overloaded, "Twilio was not asked.", "Twilio: " + left.detail, {}};
}

core::error unreadable(const answered& answer) {
  return {ec::twilio_unreachable,
          "Twilio's answer cannot be read.",
          fmt::format("Twilio: {} unreadable {}", answer.status, answer.request_id),
          {}};
}

/// The answer if it is a good one.
core::expected<const answered*> good(const http_outcome& got, ec if_unknown) {
  const auto* answer = std::get_if<answered>(&got.what);
  if (answer == nullptr)
    return core::fail(silent(got));
  if (answer->status >= 400)
    return core::fail(refused(*answer, if_unknown));
  if (answer->status >= 300 || answer->cut) // nobody follows redirects
    return core::fail(unreadable(*answer));
  return answer;
}

// -- credentials in them ----------------------------------------------------------------------------------------------

std::string base64_of(const std::string& text) {
  std::string out(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.find('\0'));
  return out;
}

/// Decoded as far as it can be.
std::string without_percent(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const auto *const from = text.data() + i + 1, *const to = from + 2;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(from, to, value, 16).ptr == to) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// -- numbers ----------------------------------------------------------------------------------------------------------

actors::account_number number_in(json::object_reader& from) {
  actors::account_number out;
  out.sid = text_of(from, "sid");
  out.number = core::phone_number(text_of(from, "phone_number"));
  out.friendly_name = text_of(from, "friendly_name");
  out.voice_url = text_of(from, "voice_url"), out.voice_method = text_of(from, "voice_method");
  out.sms_url = text_of(from, "sms_url"), out.sms_method = text_of(from, "sms_method");
  out.status_callback = text_of(from, "status_callback");
  out.voice_application_sid = text_of(from, "voice_application_sid");
  out.sms_application_sid = text_of(from, "sms_application_sid");
  out.trunk_sid = text_of(from, "trunk_sid");
  const auto value = from.take("capabilities");
  if (auto can = value ? value->object() : std::nullopt) { // some answers have them in capitals
    out.voice = flag_of(*can, "voice") || flag_of(*can, "Voice") || flag_of(*can, "VOICE");
    out.sms = flag_of(*can, "sms") || flag_of(*can, "SMS");
    out.mms = flag_of(*can, "mms") || flag_of(*can, "MMS");
  }
  return out;
}

} // namespace

core::expected<actors::account_state> read_account(const http_outcome& got) {
  const auto answer = good(got, ec::twilio_credentials_rejected);
  if (!answer)
    return core::fail(answer.error());
  auto body = json::body::parse((*answer)->body);
  if (!body)
    return core::fail(unreadable(**answer));
  auto fields = body->fields();
  actors::account_state out{text_of(fields, "status"), text_of(fields, "type"), text_of(fields, "friendly_name"),
                            got.took.count()};
  if (out.status.empty())
    return core::fail(unreadable(**answer));
  return out;
}

core::expected<std::optional<actors::account_number>> read_number(const http_outcome& got,
                                                                  const core::phone_number& wanted) {
  const auto answer = good(got, ec::twilio_credentials_rejected);
  if (!answer)
    return core::fail(answer.error());
  auto body = json::body::parse((*answer)->body);
  if (!body)
    return core::fail(unreadable(**answer));
  auto fields = body->fields();
  const auto list = fields.take("incoming_phone_numbers");
  const auto rows = list ? list->array(0, most_numbers) : std::nullopt;
  if (!rows)
    return core::fail(unreadable(**answer));
  for (const auto& row : *rows)
    if (auto object = row.object())
      if (auto number = number_in(*object); number.number == wanted)
        return number;
  return std::nullopt;
}

core::expected<actors::recording_audio> read_recording(http_outcome got) {
  const auto answer = good(got, ec::not_found);
  if (!answer)
    return core::fail(answer.error());
  if (!(*answer)->content_type.starts_with("audio/"))
    return core::fail(unreadable(**answer));
  auto& sound = std::get<answered>(got.what);
  return actors::recording_audio{std::move(sound.content_type), std::move(sound.body)};
}

core::error absence(const http_outcome& got) {
  const auto* answer = std::get_if<answered>(&got.what);
  return answer != nullptr ? refused(*answer, ec::internal_error) : silent(got);
}

void conceal(core::error& refusal, const std::string& user, const core::secret& password) {
  constexpr size_t shortest = 8; // what is shorter stands in a sentence by accident
  if (!refusal.twilio || password.reveal().size() < shortest)
    return;
  auto& said = *refusal.twilio;
  const auto login = base64_of(user + ":" + password.reveal());
  const auto gives_away = [&](const std::string& text) {
    return text.find(login) != std::string::npos || text.find(password.reveal()) != std::string::npos ||
           without_percent(text).find(password.reveal()) != std::string::npos;
  };
  if (!gives_away(said.message) && !gives_away(said.more_info))
    return;
  said.message = fmt::format("HTTP {}", said.http_status);
  said.more_info.clear();
}

presence presence_of(const http_outcome& got) {
  if (const auto* answer = std::get_if<answered>(&got.what))
    return answer->status >= 500 ? presence::away : presence::there;
  const auto* left = std::get_if<not_sent>(&got.what);
  return left == nullptr || left->why == not_sent::cause::no_connection ? presence::away : presence::not_asked;
}

} // namespace trunkline::providers

#include "providers/twilio_sending.hpp"

#include "json/reader.hpp"
#include "providers/twilio_answers.hpp"
#include "twilio/error_table.hpp"
#include "twilio/form.hpp"
#include "twilio/sid.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trunkline::providers {

namespace {

constexpr size_t longest_text = 4'000, page_size = 20, largest_page = 256 * 1024;
constexpr int too_many_requests = 20429, queue_full = 21611, too_fast_for_number = 14107;

std::string text_of(json::object_reader& from, std::string_view name) {
  const auto value = from.take(name);
  return value && !value->is_null() ? value->text(0, longest_text).value_or("") : "";
}

/// Twilio writes counts as texts, and codes as numbers or null.
std::optional<int> count_of(json::object_reader& from, std::string_view name) {
  const auto text = text_of(from, name);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 ? std::optional(value) : std::nullopt;
}

std::optional<int> code_of(json::object_reader& from, std::string_view name) {
  const auto value = from.take(name);
  if (!value || value->is_null())
    return std::nullopt;
  const auto code = value->integer(0, 999'999);
  return code && *code > 0 ? std::optional(static_cast<int>(*code)) : std::nullopt;
}

actors::send_answer unclear(const answered& answer) {
  return core::send_unknown{fmt::format("Twilio: {} {}", answer.status, answer.request_id)};
}

actors::send_answer read_accepted(const answered& answer) {
  auto body = json::body::parse(answer.body);
  if (!body)
    return unclear(answer);
  auto fields = body->fields();
  core::send_accepted out{text_of(fields, "sid"), text_of(fields, "status"), count_of(fields, "num_segments")};
  return twilio::is_message_sid(out.twilio_sid) ? actors::send_answer(std::move(out)) : unclear(answer);
}

std::optional<int64_t> wait_of(const answered& answer) {
  constexpr int64_t longest_s = 3'600;
  return answer.retry_after ? std::optional(std::min<int64_t>(longest_s, answer.retry_after->count()) * 1'000)
                            : std::nullopt;
}

int refusal_code(const answered& answer) {
  auto body = json::body::parse(answer.body);
  if (!body)
    return 0;
  auto fields = body->fields();
  return code_of(fields, "code").value_or(0);
}

actors::send_answer read_refused(const answered& answer) {
  const auto code = refusal_code(answer);
  const auto why = fmt::format("Twilio: {} {} {}", answer.status, code, answer.request_id);
  if (answer.status == 429 || code == too_many_requests)
    return actors::send_not_now{wait_of(answer), true, false, why};
  constexpr int64_t a_while_ms = 10'000; // a number's queue at Twilio is hours long
  if (code == queue_full || code == too_fast_for_number)
    return actors::send_not_now{a_while_ms, true, true, why};
  const auto* known = twilio::find_error(code);
  if (known != nullptr && twilio::is_retried(known->meaning))
    return actors::send_not_now{wait_of(answer), false, false, why};
  if (known != nullptr && known->meaning == twilio::error_class::ambiguous)
    return unclear(answer);
  const auto words = known != nullptr ? std::string(twilio::describe_error(code).message)
                                      : fmt::format("Twilio refused the message ({}).", answer.status);
  return core::send_rejected{code > 0 ? std::optional(code) : std::nullopt, words};
}

actors::send_answer read_unsent(const not_sent& left) {
  if (left.why == not_sent::cause::malformed || left.why == not_sent::cause::forbidden_address)
    return core::send_rejected{{}, "The message could not be handed to Twilio."};
  return actors::send_not_now{{}, false, false, "not sent: " + left.detail};
}

std::string address_of(std::string_view communication_type, const core::phone_number& number) {
  return (communication_type == "whatsapp" ? "whatsapp:" : "") + number.str();
}

} // namespace

std::string write_send(const actors::send_message& order) {
  const auto& message = order.message.message;
  std::vector<std::pair<std::string, std::string>> fields = {
      {"To", address_of(message.communication_type, message.user_phone_number)},
      {"From", address_of(message.communication_type, message.twilio_number)},
      {"StatusCallback", order.status_callback},
  };
  if (!message.content.empty())
    fields.emplace_back("Body", message.content);
  for (const auto& url : message.media)
    fields.emplace_back("MediaUrl", url);
  if (!order.message.content_sid.empty())
    fields.emplace_back("ContentSid", order.message.content_sid);
  if (!order.message.content_variables.empty())
    fields.emplace_back("ContentVariables", order.message.content_variables);
  if (order.smart_encoded)
    fields.emplace_back("SmartEncoded", "true");
  return twilio::form_encode(fields);
}

actors::send_answer read_send(const http_outcome& got) {
  if (const auto* unknown = std::get_if<fate_unknown>(&got.what))
    return core::send_unknown{unknown->detail};
  if (const auto* left = std::get_if<not_sent>(&got.what))
    return read_unsent(*left);
  const auto& answer = std::get<answered>(got.what);
  if (answer.status == 201 || answer.status == 200)
    return read_accepted(answer);
  return answer.status >= 400 && answer.status < 500 ? read_refused(answer) : unclear(answer);
}

std::string first_page_of(const actors::list_sent_messages& question) {
  return "/Messages.json?" + twilio::form_encode({{"PageSize", std::to_string(page_size)},
                                                  {"To", address_of(question.communication_type, question.to)},
                                                  {"From", address_of(question.communication_type, question.from)}});
}

core::expected<sent_page> read_sent_page(const http_outcome& got, const std::string& account_sid) {
  const auto* answer = std::get_if<answered>(&got.what);
  const auto unreadable = [] { return core::fail(core::ec::twilio_unreachable, "Twilio's list cannot be read."); };
  if (answer == nullptr || answer->status != 200 || answer->cut)
    return unreadable();
  auto body = json::body::parse(answer->body, largest_page);
  if (!body)
    return unreadable();
  auto fields = body->fields();
  const auto list = fields.take("messages");
  const auto rows = list ? list->array(0, 1'000) : std::nullopt;
  if (!rows)
    return unreadable();
  sent_page page;
  for (const auto& row : *rows) {
    auto object = row.object();
    if (!object)
      return unreadable();
    core::sent_candidate one{text_of(*object, "sid"),
                             text_of(*object, "status"),
                             {},
                             code_of(*object, "error_code"),
                             count_of(*object, "num_segments")};
    const auto created = core::parse_rfc2822(text_of(*object, "date_created"));
    if (!created || !twilio::is_message_sid(one.twilio_sid))
      return unreadable();
    one.created_at = *created;
    if (text_of(*object, "direction") != "inbound")
      page.messages.push_back(std::move(one));
  }
  page.next = text_of(fields, "next_page_uri");
  if (!page.next.empty() && !page.next.starts_with("/2010-04-01/Accounts/" + account_sid + "/Messages.json?"))
    return unreadable();
  return page;
}

} // namespace trunkline::providers

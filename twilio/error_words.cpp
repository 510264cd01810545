#include "twilio/error_table.hpp"

#include <algorithm>
#include <array>

namespace trunkline::twilio {

namespace {

/// Words better than Twilio's name and the advice of the class; an empty message keeps the name.
struct own_words {
  int code;
  std::string_view message, action;
};

constexpr std::string_view bad_number = "Invalid phone number format";
constexpr std::string_view use_e164 = "Use E.164, for example +15551234567";
constexpr std::string_view blocked = "Message blocked by carrier";
constexpr std::string_view check_content = "Check message content for spam triggers";
constexpr std::string_view no_funds = "Insufficient funds";
constexpr std::string_view add_funds = "Add funds to the Twilio account, or have its suspension lifted";
constexpr std::string_view register_sender = "Register the sender in the Twilio console";
constexpr std::string_view allow_country = "Allow the country under Geo Permissions in the Twilio console";
constexpr std::string_view verify_number = "Verify the number in the Twilio console, or upgrade the trial account";
constexpr std::string_view number_papers = "Give Twilio the address or identity papers that this number requires";

// Sorted by code.
constexpr std::array words_table = std::to_array<own_words>({
    {20003, "Twilio authentication failed", "Fix credentials or Twilio account"},
    {20005, no_funds, add_funds},
    {20008, "", "Use the account's live credentials instead of its test credentials"},
    {21210, "", verify_number},
    {21211, bad_number, use_e164},
    {21215, "", allow_country},
    {21217, bad_number, use_e164},
    {21219, "", verify_number},
    {21401, bad_number, use_e164},
    {21404, "", "Upgrade the trial account: it may not have another number"},
    {21408, "", allow_country},
    {21421, bad_number, use_e164},
    {21422, "", "Choose another number: this one has just been taken"},
    {21452, "", "Choose another area code"},
    {21606, "", "Send from a number of the account that can send to this country"},
    {21608, "", verify_number},
    {21610, "The recipient has opted out", "None: only the recipient can opt in again, by sending START"},
    {21612, "", "Send from another number: there is no route from this one"},
    {21614, "The recipient's number is not a mobile number", "Ask the recipient for a mobile number"},
    {21615, "", number_papers},
    {21617, "", "Shorten the message to 1600 characters"},
    {21631, "", number_papers},
    {21649, "", number_papers},
    {21650, "", number_papers},
    {21703, "", "Add a number to the Messaging Service"},
    {21704, "", "Add a number to the Messaging Service"},
    {30002, no_funds, add_funds},
    {30004, blocked, check_content},
    {30007, blocked, check_content},
    {30018, "", register_sender},
    {30024, "", register_sender},
    {30032, "", "Have the toll-free number verified in the Twilio console"},
    {30034, "", "Register the number for a 10DLC campaign in the Twilio console"},
    {30450, blocked, check_content},
    {63007, "", "Set whatsappNumber to a number that is a WhatsApp sender of this Twilio account"},
    {63015, "", "Have the recipient join the sandbox: WhatsApp \"join <code>\" to its number"},
    {63016, "The recipient has not written in the last 24 hours", "Send an approved template instead (content_sid)"},
});

std::string_view advice_to_fix(error_owner owner) {
  return owner == error_owner::company ? "Correct the company's Twilio account or configuration"
                                       : "Correct the gateway's public URL or configuration";
}

std::string_view advice_after_refusal(error_owner owner) {
  switch (owner) {
  case error_owner::company:
    return "Correct the message or the number before sending it again";
  case error_owner::platform:
    return "Tell the operator of the gateway";
  case error_owner::recipient:
    return "None: this recipient cannot be reached this way";
  case error_owner::twilio:
    return "None";
  }
  return "None";
}

std::string_view advice(const error_entry& entry) {
  switch (entry.meaning) {
  case error_class::retry_safe:
  case error_class::retry_later:
    return "None: it is tried again later";
  case error_class::ambiguous:
    return "None: whether it went out is found out first";
  case error_class::no_retry:
    return advice_after_refusal(entry.owner);
  case error_class::fix_config:
    return advice_to_fix(entry.owner);
  case error_class::suppress:
    return "None: nothing more is sent to this recipient";
  }
  return "None";
}

const own_words* find_words(int code) {
  const auto words = std::lower_bound(words_table.begin(), words_table.end(), code,
                                      [](const own_words& w, int c) { return w.code < c; });
  return words != words_table.end() && words->code == code ? &*words : nullptr;
}

} // namespace

error_words describe_error(int code, bool account_suspended) {
  if (account_suspended && (code == 20003 || code == 20005 || code == 30002))
    return {no_funds, error_owner::company, add_funds};
  const auto* entry = find_error(code);
  if (entry == nullptr)
    return {"Twilio reported an error that the gateway does not know", error_owner::twilio,
            "Look the code up at https://www.twilio.com/docs/api/errors"};
  error_words out = {entry->name, entry->owner, advice(*entry)};
  if (const auto* words = find_words(code)) {
    out.message = words->message.empty() ? entry->name : words->message;
    out.action = words->action;
  }
  return out;
}

} // namespace trunkline::twilio

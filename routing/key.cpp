#include "routing/decide.hpp"
#include "routing/params.hpp"
#include "twilio/sid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>

namespace trunkline::routing {

namespace {

using core::ec;
using core::webhook_kind;

/// Every parameter that decides anything here. Twilio signs names and values without delimiters, so a captured request
/// can be re-cut into one that repeats a name under the same signature: none of these may come twice. Sorted.
constexpr auto read_once = std::to_array<std::string_view>({
    "AccountSid",        "Body",
    "CallDuration",      "CallSid",
    "CallStatus",        "DialBridged",
    "DialCallStatus",    "Direction",
    "ErrorCode",         "From",
    "MediaUrl0",         "MediaUrl1",
    "MediaUrl2",         "MediaUrl3",
    "MediaUrl4",         "MediaUrl5",
    "MediaUrl6",         "MediaUrl7",
    "MediaUrl8",         "MediaUrl9",
    "MessageSid",        "MessageStatus",
    "NumMedia",          "NumSegments",
    "OptOutType",        "ParentCallSid",
    "ProfileName",       "RecordingDuration",
    "RecordingSid",      "RecordingStartTime",
    "RecordingStatus",   "RecordingUrl",
    "SequenceNumber",    "SessionStatus",
    "Timestamp",         "To",
    "TranscriptionSid",  "TranscriptionStatus",
    "TranscriptionText",
});
static_assert(std::is_sorted(read_once.begin(), read_once.end()));

auto malformed(std::string_view what) { return core::fail(ec::malformed_webhook, std::string(what)); }

/// The name that is there twice, "" if none is.
std::string_view repeated_name(const twilio::form& params) {
  std::bitset<read_once.size()> seen;
  for (const auto& field : params.fields()) {
    const auto at = std::lower_bound(read_once.begin(), read_once.end(), field.name);
    if (at == read_once.end() || *at != field.name)
      continue;
    const auto index = static_cast<size_t>(at - read_once.begin());
    if (seen[index])
      return *at;
    seen[index] = true;
  }
  return {};
}

/// A status is one word. Which one is not checked: Twilio adds new ones, and an unknown one changes no state.
bool is_status_word(std::string_view text) {
  return text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

/// Which parameters name the event: the SID's and the status's name, and whether the status must be there.
struct naming {
  std::string_view sid, status;
  bool status_required = false;
  bool parties_required = false;
};

naming naming_of(webhook_kind kind, const twilio::form& params) {
  switch (kind) {
  case webhook_kind::voice:
    return {"CallSid", "", false, true};
  case webhook_kind::dial:
    return {"CallSid", "DialCallStatus"};
  case webhook_kind::relay:
    return {"CallSid", "SessionStatus"};
  case webhook_kind::whisper:
    return {"CallSid", ""};
  case webhook_kind::sms:
    return {"MessageSid", "", false, true};
  case webhook_kind::fallback:
    return {params.has("MessageSid") ? "MessageSid" : "CallSid", "", false, true};
  case webhook_kind::status:
    return params.has("MessageSid") ? naming{"MessageSid", "MessageStatus", true}
                                    : naming{"CallSid", "CallStatus", true};
  case webhook_kind::recording:
    return {"RecordingSid", "RecordingStatus", true};
  case webhook_kind::transcription:
    return {"TranscriptionSid", "TranscriptionStatus"};
  }
  return {"CallSid", ""};
}

bool is_sid_of(std::string_view name, std::string_view value) {
  if (name == "MessageSid")
    return twilio::is_message_sid(value);
  return twilio::is_sid(value, name == "RecordingSid" ? "RE" : name == "TranscriptionSid" ? "TR" : "CA");
}

core::expected<void> check_presence(webhook_kind kind, const naming& names, const twilio::form& params) {
  if (!twilio::is_sid(params.get("AccountSid"), "AC"))
    return malformed("AccountSid is missing or is not an account's SID.");
  if (!is_sid_of(names.sid, params.get(names.sid)))
    return malformed(fmt::format("{} is missing or misshapen.", names.sid));
  const bool belongs_to_call = kind == webhook_kind::recording || kind == webhook_kind::transcription;
  if (belongs_to_call && !twilio::is_sid(params.get("CallSid"), "CA"))
    return malformed("CallSid is missing or misshapen.");
  if (names.parties_required && (params.get("To").empty() || !params.has("From")))
    return malformed("To or From is missing."); // an empty From is a caller who withholds the number
  return {};
}

} // namespace

core::expected<core::webhook_key> key_of(webhook_kind kind, int step, const twilio::form& params) {
  if (const auto name = repeated_name(params); !name.empty())
    return malformed(fmt::format("{} is given twice.", name));
  const auto names = naming_of(kind, params);
  if (auto present = check_presence(kind, names, params); !present)
    return core::fail(std::move(present.error()));
  const auto status = names.status.empty() ? std::string_view{} : params.get(names.status);
  if (!is_status_word(status) || (names.status_required && status.empty()))
    return malformed(fmt::format("{} is missing or is not a status.", names.status));
  core::webhook_key key;
  key.kind = kind;
  key.sid = params.get(names.sid);
  key.status = status;
  key.step = step;
  if (params.has("SequenceNumber")) {
    const auto sequence = read_count(params.get("SequenceNumber"), 1'000'000'000);
    if (!sequence)
      return malformed("SequenceNumber is not a number from 0 to 1000000000.");
    key.sequence = *sequence;
  }
  return key;
}

} // namespace trunkline::routing

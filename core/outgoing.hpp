#pragma once

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/message.hpp"
#include "core/money.hpp"
#include "core/phone_number.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace trunkline::core {

/// Who goes first: what a person waits for, then what a person has written, then what goes to many.
enum class send_priority : uint8_t { reply, chat, bulk };

/// Where a message on its way out stands; the text in the database is to_string().
enum class outbox_state : uint8_t {
  queued,
  sending, ///< an attempt is under way
  unknown, ///< it may have gone out; Twilio is asked
  held,    ///< it may have gone out, and only somebody's word can end that
};
std::string_view to_string(outbox_state state);

/// What is paced together: the sending number and the kind of message, "sms:+15551234567".
std::string lane_of(std::string_view communication_type, const phone_number& twilio_number);
struct lane_parts {
  std::string communication_type, number;
};
lane_parts parts_of_lane(std::string_view lane);

/// After its claim, no byte of an attempt leaves later than that.
constexpr int64_t send_within_ms = 5'000;

/// A message that is to go out now, with all that Twilio is told.
struct outgoing_message {
  message_record message;
  std::string content_sid, content_variables; ///< of a content template; empty for none
  int attempt = 0;                            ///< counted from 1; named in the StatusCallback
};

// -- how an attempt ended
// ----------------------------------------------------------------------------------------------

/// Twilio has it.
struct send_accepted {
  std::string twilio_sid;
  std::string status; ///< as Twilio says it
  std::optional<int> segments;
};
/// Twilio does not want it, and will not.
struct send_rejected {
  std::optional<int> code; ///< of Twilio's error dictionary
  std::string message;     ///< in words, for whoever reads the message later
};
/// Nothing left, or Twilio says that it did nothing with it: it goes back into the queue.
struct send_put_back {
  timestamp due_at;
  std::string why; ///< for the log
};
/// It left, and nobody said what became of it.
struct send_unknown {
  std::string why; ///< for the log
};

struct send_result {
  message_id id;
  int attempt = 0;
  timestamp at;
  std::variant<send_accepted, send_rejected, send_put_back, send_unknown> how;
};

// -- finding out
// -------------------------------------------------------------------------------------------------------

/// A message that may have gone out, to be looked for among what Twilio has sent to its recipient.
struct doubtful_message {
  message_id id;
  std::string communication_type;
  phone_number twilio_number, recipient;
  int attempt = 0;
  timestamp began_at, unknown_since;
  int listings = 0; ///< how many have shown nothing so far
};

/// One of the messages that Twilio has sent to a recipient.
struct sent_candidate {
  std::string twilio_sid, status;
  timestamp created_at;
  std::optional<int> error_code, segments;
};

/// When Twilio is asked next, or what follows from what it has shown.
struct doubt_settings {
  int64_t first_after_ms = 10'000, second_after_ms = 60'000;
  int64_t lag_ms = 180'000;     ///< after the last byte may have left; what is not listed by then did not go out
  int64_t give_up_ms = 900'000; ///< then it is left to somebody's word, if the list can not be had
};

enum class doubt_end : uint8_t { ask_again, went_out, never_went, held };

struct doubt_verdict {
  doubt_end end = doubt_end::ask_again;
  std::optional<sent_candidate> as; ///< if it went out
  timestamp ask_at;                 ///< if it is to be asked again
};

/// `candidates`: what Twilio lists and no other message is bound to, in any order; none if the list could not be had. A
/// candidate that was made before the attempt is somebody else's.
doubt_verdict judge_doubt(const doubtful_message& message, const std::optional<std::vector<sent_candidate>>& candidates,
                          bool resend_unclear, const doubt_settings& settings, timestamp now);

} // namespace trunkline::core

#pragma once

#include "actors/interfaces.hpp"
#include "actors/vitals.hpp"
#include "providers/breaker.hpp"
#include "providers/http_client.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace trunkline::providers {

/// An exchange with Twilio has ended; `answer` reads the outcome and answers who asked.
struct exchange_finished {
  std::string account;
  bool recording = false;
  http_outcome outcome;
  std::function<void(http_outcome)> answer;
};

/// What the TWILIO client is to itself.
using twilio_client_actor = actors::twilio_actor::extend<
    // INTERNAL: from the HTTP client's thread.
    caf::reacts_to<exchange_finished>>;

/// What it works with; the HTTP client and the clock outlive it, and the client is stopped before it ends.
struct twilio_client_parts {
  http_client& http;
  std::string api_url;                ///< "https://api.twilio.com"
  std::chrono::milliseconds deadline; ///< of one question, waiting included
  const core::clock& clock;
  std::shared_ptr<actors::vitals> pulse;
};

/// A list that is being read page by page.
struct sent_listing {
  actors::list_sent_messages question;
  std::vector<core::sent_candidate> found;
  size_t pages = 0;
};

/// TWILIO promises: every question is answered within the deadline, with what Twilio says or with why it could not be
/// asked. An account for which Twilio has not answered five times in a row is left alone for a while (breaker.hpp);
/// that its credentials are refused is an answer like any other. A message is sent once at most.
struct twilio_client_state {
  static inline constexpr auto name = "twilio";
  /// A recording takes up to 32 MiB of memory.
  static constexpr size_t largest_recording = 32 * 1024 * 1024, most_recordings = 4;
  static constexpr size_t most_pages = 40, largest_page = 256 * 1024; ///< of a list

  // -- what it does
  void fetch(const actors::fetch_account& question);
  void find(const actors::find_account_number& question);
  void fetch(const actors::fetch_recording& question);
  void send(const actors::send_message& order);
  void begin_list(const actors::list_sent_messages& question);
  void list(const std::shared_ptr<sent_listing>& job, const std::string& page);
  void finished(exchange_finished& news);

  /// `read` makes the answer out of the outcome.
  void start(const std::string& account, http_request request, std::function<void(http_outcome)> answer,
             bool recording = false);
  template <class T, class Read>
  void ask(const std::string& account, core::expected<http_request> request, const actors::reply<T>& question,
           Read read);
  void note(const std::string& account, const http_outcome& outcome);
  void show_load() const;

  // -- what it remembers
  twilio_client_actor::pointer self = nullptr;
  std::optional<twilio_client_parts> parts;
  breaker_table breakers;
  size_t under_way = 0;  ///< questions that Twilio has been asked
  size_t recordings = 0; ///< of these
  std::minstd_rand random{std::random_device{}()};
};

twilio_client_actor::behavior_type twilio_client(twilio_client_actor::stateful_pointer<twilio_client_state> self,
                                                 const twilio_client_parts& parts);

} // namespace trunkline::providers

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::providers::exchange_finished)

#pragma once

#include "config/log.hpp"
#include "persistence/journal.hpp"
#include "tests/persistence/samples.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace trunkline::tests {

/// What is logged while it lives.
class listened_log {
public:
  bool has(std::string_view text) {
    const std::lock_guard held(lock_);
    return std::any_of(lines_.begin(), lines_.end(), [&](const auto& l) { return l.find(text) != std::string::npos; });
  }
  std::string all() {
    const std::lock_guard held(lock_);
    return fmt::format("{}", fmt::join(lines_, "\n"));
  }

private:
  std::mutex lock_;
  std::vector<std::string> lines_;
  log::redirection listening_{log::level::debug, log::format::text, [this](std::string_view line) {
                                const std::lock_guard held(lock_);
                                lines_.emplace_back(line);
                              }};
};

/// An event with every member set to something of its own.
inline core::webhook_event event_with_everything() {
  core::webhook_event event;
  event.key = {acme, core::webhook_kind::transcription, "TR1", "completed", 7, 2};
  event.received_at.ms = 1'700'000'000'123;
  event.params = std::string("Body=\0\xF0\x9F\x98\x80", 10);
  event.answer = {204, "text/xml", "<Response/>"};
  auto& call = event.call.emplace();
  call = {"CA1",
          "inbound",
          "+1",
          "+2",
          "busy",
          core::timestamp{1},
          core::timestamp{2},
          core::timestamp{-3},
          4,
          "forward",
          {"a", "", "c"},
          "recording",
          "transcription"};
  auto& message = event.message.emplace();
  message = {core::message_id("msg_1"),
             other,
             core::channel_id("ch_1"),
             "campaign",
             "outbound",
             "user",
             "whatsapp",
             core::phone_number("+15551234567"),
             core::phone_number("72345"),
             "content",
             {"https://a.example", ""},
             "failed",
             "SM1",
             -30'007,
             "error message",
             "UCS-2",
             3,
             core::money{-750},
             false,
             true,
             core::timestamp{5},
             core::timestamp{6},
             core::timestamp{7},
             core::timestamp{8}};
  event.message_status =
      core::message_status_change{"SM2", "delivered", 9, core::timestamp{10}, core::message_id("msg_2")};
  event.opt_out = core::opt_out_change{core::phone_number("+15559876543"), false};
  event.profile_name = "Ana";
  return event;
}

/// The keys' sids, in order.
inline std::vector<std::string> sids(const std::vector<core::webhook_event>& events) {
  std::vector<std::string> out;
  for (const auto& event : events)
    out.push_back(event.key.sid);
  return out;
}

inline std::vector<core::webhook_event> calls(int from, int count) {
  std::vector<core::webhook_event> out;
  for (int n = from; n < from + count; ++n)
    out.push_back(voice_event(n));
  return out;
}

/// Nothing says when another thread is done, so it is looked for; a test that waits in vain fails.
template <class Condition>
void wait_until(Condition condition, std::string_view what, std::chrono::seconds patience = std::chrono::seconds(20)) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up)
      BOOST_FAIL("in vain: " << what);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

} // namespace trunkline::tests

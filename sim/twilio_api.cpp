#include "sim/api.hpp"
#include "sim/json_writer.hpp"
#include "sim/render.hpp"
#include "twilio/sid.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <chrono>

namespace trunkline::sim {

namespace {

constexpr std::string_view root = "/2010-04-01/Accounts";

struct credentials {
  std::string user, password;
};

std::optional<credentials> basic_credentials(const std::string& header) {
  constexpr std::string_view scheme = "Basic ";
  std::array<unsigned char, 256> decoded{}; // a SID and a token take 67
  size_t length = 0;
  if (!header.starts_with(scheme) ||
      sodium_base642bin(decoded.data(), decoded.size(), header.data() + scheme.size(), header.size() - scheme.size(),
                        nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  const std::string text(decoded.begin(), decoded.begin() + static_cast<std::ptrdiff_t>(length));
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    return std::nullopt;
  return credentials{text.substr(0, colon), text.substr(colon + 1)};
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1); // '/'
    const auto end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

/// Any recording of the account: one silent frame of MPEG audio (128 kbit/s, 44.1 kHz).
response recording_sound(const api_call& call) {
  constexpr size_t frame_bytes = 417;
  if (call.rest.size() != 2 || call.method != "GET" || !twilio::is_sid(call.rest[1], "RE"))
    return not_found();
  std::string frame("\xFF\xFB\x90\x64", 4);
  frame.resize(frame_bytes, '\0');
  return {200, std::move(frame), "audio/mpeg"};
}

response dispatch(api_call& call, bool sound) {
  if (call.rest.empty())
    return sound ? not_found() : account_api(call);
  if (call.rest[0] == "Balance" && !sound)
    return account_api(call);
  // A suspended or closed account can be looked at by whoever has its token, and nothing else.
  if (!call.owner.active())
    return to_response(error_of(20005));
  if (sound)
    return call.rest[0] == "Recordings" ? recording_sound(call) : not_found();
  if (call.rest[0] == "IncomingPhoneNumbers")
    return numbers_api(call);
  if (call.rest[0] == "AvailablePhoneNumbers")
    return available_api(call);
  if (call.rest[0] == "Messages")
    return messages_api(call);
  if (call.rest[0] == "Calls")
    return calls_api(call);
  return not_found();
}

void note_refusal(world& sim, const request& received, const response& answer) {
  json_writer json;
  json.object().field("method", received.method).field("path", received.path).field("status", answer.status);
  json.field("answer", answer.body).end_object();
  sim.book.add(sim.clock.now(), "refused", std::string(account_of_path(received.path)), "", std::move(json).text());
}

response answer_to(world& sim, const request& received) {
  const auto given = basic_credentials(received.authorization);
  const auto* caller = given ? sim.data.authenticate(given->user, given->password) : nullptr;
  if (!caller)
    return to_response(error_of(20003));
  // Without the suffix Twilio answers XML, which nobody here wants.
  const bool sound = received.path.ends_with(".mp3");
  const std::string_view suffix = sound ? ".mp3" : ".json";
  if (!received.path.starts_with(root) || !received.path.ends_with(suffix))
    return not_found();
  auto parts =
      split(std::string_view(received.path).substr(root.size(), received.path.size() - root.size() - suffix.size()));
  if (parts.empty())
    return not_found();
  auto* owner = sim.data.find_account(std::string(parts[0]));
  const bool own = owner && owner->sid == caller->sid;
  const bool by_parent = owner && owner->owner_sid == caller->sid && !own;
  if (!own && !by_parent)
    return owner ? to_response(error_of(20003)) : not_found();
  auto query = twilio::form::parse(received.query), form = twilio::form::parse(received.body);
  if (!query || !form)
    return to_response(error_of(20001));
  if (!received.body.empty() && !received.content_type.starts_with("application/x-www-form-urlencoded"))
    return to_response({415, 20001, "The body must be form-encoded"});
  parts.erase(parts.begin());
  api_call call{sim,
                *owner,
                by_parent || owner->owner_sid == owner->sid,
                received.method,
                received.path,
                parts,
                std::move(*query),
                std::move(*form)};
  return dispatch(call, sound);
}

} // namespace

std::string_view account_of_path(std::string_view path) {
  if (!path.starts_with(root) || path.size() <= root.size() + 1)
    return {};
  path.remove_prefix(root.size() + 1);
  return path.substr(0, path.find_first_of("/."));
}

response twilio_api(world& sim, const request& received) {
  const auto begun = std::chrono::steady_clock::now();
  auto answer = answer_to(sim, received);
  if (received.method == "POST" && answer.status >= 400)
    note_refusal(sim, received, answer);
  answer.headers.emplace_back("Twilio-Request-Id", sim.sids.next("RQ"));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  answer.headers.emplace_back("Twilio-Request-Duration", fmt::format("{:.3f}", taken.count()));
  const auto under_way = sim.under_way.find(std::string(account_of_path(received.path)));
  answer.headers.emplace_back("Twilio-Concurrent-Requests",
                              std::to_string(under_way == sim.under_way.end() ? 1 : under_way->second));
  answer.headers.emplace_back("X-Home-Region", "us1");
  answer.headers.emplace_back("X-API-Domain", "api.twilio.com");
  return answer;
}

} // namespace trunkline::sim

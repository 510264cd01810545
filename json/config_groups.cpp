#include "json/config_groups.hpp"

#include "json/rules.hpp"

#include <algorithm>
#include <limits>

namespace trunkline::json {

namespace {

/// Reads a member unless it is missing or null.
template <class T, class Read>
void member(object_reader& in, std::string_view name, T& out, Read read) {
  if (const auto found = in.take(name); found && !found->is_null())
    if (auto value = read(*found))
      out = std::move(*value);
}

auto text(size_t shortest, size_t longest) {
  return [=](const field& f) { return f.text(shortest, longest); };
}
auto integer(int lowest, int highest) {
  return [=](const field& f) { return f.integer(lowest, highest); };
}
auto number(double lowest, double highest) {
  return [=](const field& f) { return f.number(lowest, highest); };
}
const auto boolean = [](const field& f) { return f.boolean(); };
auto url(std::string_view scheme) {
  return [=](const field& f) { return read_url(f, scheme); };
}

void finish(const object_reader& in, unknown_fields unknown) {
  if (unknown == unknown_fields::refuse)
    in.finish();
}

/// Letters, digits and . _ -: what Twilio's voice attribute is put together from.
std::optional<std::string> read_voice_part(const field& in) {
  auto part = in.text(1, 100);
  if (!part)
    return std::nullopt;
  const bool plain = std::all_of(part->begin(), part->end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  });
  if (plain)
    return part;
  return in.refuse("invalid_value", "Must be letters, digits and . _ - only"), std::nullopt;
}

std::optional<std::string> read_keys(const field& in) {
  auto keys = in.text(0, 12);
  if (keys && keys->find_first_not_of("0123456789*#") != std::string::npos)
    return in.refuse("invalid_value", "Must be digits, * and # only"), std::nullopt;
  return keys;
}

std::optional<core::agent_voice> read_voice(const field& in, unknown_fields unknown) {
  auto object = in.object();
  if (!object)
    return std::nullopt;
  core::agent_voice out;
  member(*object, "provider", out.provider, [](const field& f) -> std::optional<std::string> {
    constexpr std::string_view names[] = {"ElevenLabs", "Google", "Amazon"};
    const auto which = f.one_of({names[0], names[1], names[2]});
    return which ? std::optional(std::string(names[*which])) : std::nullopt;
  });
  member(*object, "voiceId", out.voice_id, read_voice_part);
  member(*object, "model", out.model, read_voice_part);
  member(*object, "speed", out.speed, number(0.7, 1.2));
  member(*object, "stability", out.stability, number(0, 1));
  member(*object, "similarity", out.similarity, number(0, 1));
  finish(*object, unknown);
  return out;
}

std::optional<core::company_number> read_number(const field& in, std::string_view country) {
  auto object = in.object();
  if (!object)
    return std::nullopt;
  core::company_number out;
  if (const auto found = object->require("phoneNumber"))
    if (auto parsed = read_phone_number(*found, country))
      out.number = std::move(*parsed);
  member(*object, "friendlyName", out.friendly_name, text(0, 64));
  member(*object, "status", out.active, [](const field& f) -> std::optional<bool> {
    const auto which = f.one_of({"active", "inactive"});
    return which ? std::optional(*which == 0) : std::nullopt;
  });
  member(*object, "isPrimary", out.primary, boolean);
  object->finish();
  return out;
}

} // namespace

std::optional<core::voicemail_settings> read_voicemail(const field& in, unknown_fields unknown) {
  auto object = in.object();
  if (!object)
    return std::nullopt;
  core::voicemail_settings out;
  member(*object, "greeting", out.greeting, text(0, 1000));
  member(*object, "greetingUrl", out.greeting_url, url("https"));
  member(*object, "language", out.language, read_language);
  member(*object, "voice", out.voice, read_voice_part);
  member(*object, "maxLengthSeconds", out.max_length_seconds, integer(1, 3600));
  member(*object, "timeoutSeconds", out.timeout_seconds, integer(1, 600));
  member(*object, "finishOnKey", out.finish_on_key, read_keys);
  member(*object, "playBeep", out.play_beep, boolean);
  member(*object, "transcribe", out.transcribe, boolean);
  finish(*object, unknown);
  return out;
}

std::optional<core::agent_settings> read_agent(const field& in, unknown_fields unknown) {
  auto object = in.object();
  if (!object)
    return std::nullopt;
  core::agent_settings out;
  member(*object, "engine", out.engine, [](const field& f) -> std::optional<core::agent_engine> {
    constexpr core::agent_engine engines[] = {core::agent_engine::conversation_relay, core::agent_engine::vapi,
                                              core::agent_engine::stream};
    const auto which = f.one_of({"conversation-relay", "vapi", "stream"});
    return which ? std::optional(engines[*which]) : std::nullopt;
  });
  member(*object, "url", out.url, url("wss"));
  member(*object, "language", out.language, read_language);
  member(*object, "welcomeGreeting", out.welcome_greeting, text(1, 1000));
  member(*object, "knowledgeBaseId", out.knowledge_base_id, text(1, 100));
  member(*object, "vapiAssistantId", out.vapi_assistant_id, text(1, 100));
  // The one member whose null is not its default: it says "Twilio's own voice".
  if (const auto voice = object->take("voice"))
    out.voice = voice->is_null() ? std::nullopt : read_voice(*voice, unknown);
  finish(*object, unknown);
  return out;
}

std::optional<core::rate_limit_settings> read_rate_limit(const field& in, unknown_fields unknown) {
  auto object = in.object();
  if (!object)
    return std::nullopt;
  const auto rate = [](const field& f) -> std::optional<double> {
    const auto value = f.number(0, 100'000);
    if (value && *value < std::numeric_limits<double>::min())
      return f.refuse("out_of_range", "Must be more than 0, at most 100000"), std::nullopt;
    return value;
  };
  core::rate_limit_settings out;
  member(*object, "numberSegmentsPerSecond", out.number_segments_per_second, rate);
  member(*object, "companySegmentsPerSecond", out.company_segments_per_second, rate);
  member(*object, "campaignSegmentsPerSecond", out.campaign_segments_per_second, rate);
  finish(*object, unknown);
  return out;
}

std::optional<core::quiet_hours> read_quiet_hours(const field& in, unknown_fields unknown) {
  auto object = in.object();
  if (!object)
    return std::nullopt;
  core::quiet_hours out;
  for (auto [name, target] : {std::pair{"start", &out.start}, {"end", &out.end}})
    if (const auto found = object->require(name))
      *target = read_time_of_day(*found).value_or("");
  if (!out.start.empty() && out.start == out.end)
    in.refuse("invalid_value", "Start and end must differ");
  finish(*object, unknown);
  return out;
}

std::optional<std::vector<std::string>> read_countries(const field& in) {
  const auto entries = in.array(0, 249);
  if (!entries)
    return std::nullopt;
  std::vector<std::string> out;
  for (const auto& entry : *entries)
    if (auto country = read_country(entry)) {
      if (std::find(out.begin(), out.end(), *country) != out.end())
        entry.refuse("repeated_value", "Is in the list already");
      out.push_back(std::move(*country));
    }
  return out;
}

std::optional<std::vector<core::company_number>> read_numbers(const field& in, std::string_view country) {
  const auto entries = in.array(0, 100);
  if (!entries)
    return std::nullopt;
  std::vector<core::company_number> out;
  for (const auto& entry : *entries)
    if (auto number = read_number(entry, country))
      out.push_back(std::move(*number));
  return out;
}

std::optional<core::routing_mode> read_mode(const field& in) {
  constexpr core::routing_mode modes[] = {core::routing_mode::ai_agent, core::routing_mode::voicemail,
                                          core::routing_mode::forward};
  const auto which = in.one_of({"ai-agent", "voicemail", "forward"});
  return which ? std::optional(modes[*which]) : std::nullopt;
}

std::optional<std::vector<core::routing_mode>> read_chain(const field& in) {
  const auto entries = in.array(1, 3);
  if (!entries)
    return std::nullopt;
  std::vector<core::routing_mode> out;
  for (const auto& entry : *entries)
    if (const auto mode = read_mode(entry)) {
      if (std::find(out.begin(), out.end(), *mode) != out.end())
        entry.refuse("repeated_value", "Is in the list already");
      out.push_back(*mode);
    }
  return out;
}

} // namespace trunkline::json

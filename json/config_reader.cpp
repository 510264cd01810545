#include "json/config_groups.hpp"
#include "json/config_merge.hpp"
#include "json/rules.hpp"
#include "json/tenant_config.hpp"

namespace trunkline::json {

namespace {

/// A top-level key: left out changes nothing, null is the default.
template <class T, class Read>
void top(object_reader& in, std::string_view name, std::optional<T>& out, std::type_identity_t<T> fallback, Read read) {
  const auto found = in.take(name);
  if (!found)
    return;
  if (found->is_null())
    out = std::move(fallback);
  else if (auto value = read(*found))
    out = T(std::move(*value));
}

const auto boolean = [](const field& f) { return f.boolean(); };

void read_call_settings(object_reader& in, config_change& out, std::string_view country, unknown_fields unknown) {
  const core::tenant_config defaults;
  const auto phone = [=](const field& f) { return read_phone_number(f, country); };
  top(in, "callRoutingMode", out.mode, defaults.mode, read_mode);
  top(in, "fallbackChain", out.fallback_chain, {}, read_chain);
  top(in, "recordingEnabled", out.recording_enabled, defaults.recording_enabled, boolean);
  top(in, "forwardNumber", out.forward_number, {}, phone);
  top(in, "forwardTimeoutSeconds", out.forward_timeout_seconds, defaults.forward_timeout_seconds,
      [](const field& f) { return f.integer(5, 600); });
  top(in, "forwardTimeLimitSeconds", out.forward_time_limit_seconds, defaults.forward_time_limit_seconds,
      [](const field& f) { return f.integer(60, 86'400); });
  top(in, "whisperMessage", out.whisper_message, {}, [](const field& f) { return f.text(1, 1000); });
  top(in, "voicemail", out.voicemail, {}, [=](const field& f) { return read_voicemail(f, unknown); });
  top(in, "agent", out.agent, {}, [=](const field& f) { return read_agent(f, unknown); });
}

void read_message_settings(object_reader& in, config_change& out, std::string_view country, unknown_fields unknown) {
  const core::tenant_config defaults;
  top(in, "rateLimit", out.rate_limit, {}, [=](const field& f) { return read_rate_limit(f, unknown); });
  top(in, "dailySpendCap", out.daily_spend_cap, {}, read_amount);
  top(in, "quietHours", out.quiet_hours, {}, [=](const field& f) { return read_quiet_hours(f, unknown); });
  top(in, "allowedCountries", out.allowed_countries, {}, read_countries);
  top(in, "autoReply", out.auto_reply, {}, [](const field& f) { return f.text(1, 1600); });
  top(in, "whatsappNumber", out.whatsapp_number, {}, [=](const field& f) { return read_phone_number(f, country); });
  top(in, "smartEncoding", out.smart_encoding, defaults.smart_encoding, boolean);
  top(in, "unknownOutcome", out.on_unknown, defaults.on_unknown,
      [](const field& f) -> std::optional<core::unknown_outcome> {
        const auto which = f.one_of({"hold", "resend"});
        return which ? std::optional(*which == 0 ? core::unknown_outcome::hold : core::unknown_outcome::resend)
                     : std::nullopt;
      });
  top(in, "signatureMode", out.signatures, defaults.signatures,
      [](const field& f) -> std::optional<core::signature_mode> {
        const auto which = f.one_of({"enforce", "shadow"});
        return which ? std::optional(*which == 0 ? core::signature_mode::enforce : core::signature_mode::shadow)
                     : std::nullopt;
      });
  top(in, "mockMode", out.mock_mode, defaults.mock_mode, boolean);
}

/// All that both the API and the database have.
void read_common(object_reader& in, config_change& out, std::string_view country, unknown_fields unknown) {
  top(in, "phoneNumber", out.legacy_number, {}, [=](const field& f) { return read_phone_number(f, country); });
  read_call_settings(in, out, country, unknown);
  read_message_settings(in, out, country, unknown);
}

void read_credentials(object_reader& in, config_change& out) {
  top(in, "accountSid", out.account_sid, {}, [](const field& f) { return read_sid(f, "AC"); });
  top(in, "authToken", out.auth_token, {}, read_token);
  top(in, "nextAuthToken", out.next_auth_token, {}, read_token);
  top(in, "apiKey", out.api_key, {}, [](const field& f) { return read_sid(f, "SK"); });
  top(in, "apiSecret", out.api_secret, {}, read_token);
  if (const auto promote = in.take("promoteNextAuthToken"); promote && !promote->is_null())
    out.promote_next_auth_token = promote->boolean().value_or(false);
}

} // namespace

core::expected<config_change> read_config_change(std::string_view text, std::string_view country) {
  auto parsed = body::parse(text);
  if (!parsed)
    return core::fail(std::move(parsed.error()));
  config_change out;
  auto in = parsed->fields();
  read_credentials(in, out);
  top(in, "phoneNumbers", out.numbers, {}, [=](const field& f) { return read_numbers(f, country); });
  read_common(in, out, country, unknown_fields::refuse);
  // What a GET shows and nobody sets: accepted, so that its body may be PUT.
  for (const auto shown : {"authTokenSet", "nextAuthTokenSet", "apiKeySet", "apiSecretSet", "credentialSource",
                           "webhookUrls", "lastUpdated"})
    in.ignore(shown);
  in.finish();
  if (auto wrong = parsed->refused())
    return core::fail(std::move(*wrong));
  return out;
}

core::expected<core::tenant_config> read_settings(std::string_view text) {
  const auto unusable = [](std::string why) {
    return core::fail(core::ec::internal_error, "The stored configuration can not be read.", std::move(why));
  };
  auto parsed = body::parse(text);
  if (!parsed)
    return unusable(std::move(parsed.error().detail));
  config_change stored;
  auto in = parsed->fields();
  read_common(in, stored, "", unknown_fields::pass_over);
  if (auto wrong = parsed->refused())
    return unusable(std::move(wrong->detail));
  core::tenant_config out;
  merge_settings(out, std::move(stored));
  return out;
}

} // namespace trunkline::json

#include "core/error.hpp"
#include "json/config_merge.hpp"
#include "json/tenant_config.hpp"
#include "json/words.hpp"

#include <algorithm>
#include <set>

namespace trunkline::json {

namespace {

/// A rule that is broken, in words; nothing when all is well.
using objection = std::optional<std::string>;

template <class T>
void replace(T& out, std::optional<T>& change) {
  if (change)
    out = std::move(*change);
}

// -- credentials ------------------------------------------------------------------------------------------------------

bool gives(const std::optional<core::secret>& change) { return change && !change->empty(); }

/// Before anything is changed: what may not be asked for together.
objection check_credentials(const core::twilio_credentials& current, const config_change& change) {
  const bool clears = change.account_sid && change.account_sid->empty();
  const bool other_account = change.account_sid && !clears && *change.account_sid != current.account_sid;
  const bool any =
      gives(change.auth_token) || gives(change.next_auth_token) || gives(change.api_key) || gives(change.api_secret);
  if (clears && (any || change.promote_next_auth_token))
    return "accountSid: null clears all credentials, so no others can come with it.";
  if (other_account && !gives(change.auth_token))
    return "accountSid: another account needs its authToken in the same request.";
  if (any && !clears && current.account_sid.empty() && !change.account_sid)
    return "accountSid: is missing; credentials need the account they belong to.";
  if (change.auth_token && change.auth_token->empty() && !clears &&
      !(current.account_sid.empty() && !change.account_sid))
    return "authToken: can not be cleared alone. Set accountSid to null to clear all credentials.";
  if (change.api_key.has_value() != change.api_secret.has_value() || gives(change.api_key) != gives(change.api_secret))
    return "apiKey: apiKey and apiSecret can only be changed together.";
  if (change.promote_next_auth_token && change.auth_token)
    return "promoteNextAuthToken: can not come with an authToken.";
  return std::nullopt;
}

objection merge_credentials(core::twilio_credentials& out, const config_change& change) {
  if (auto wrong = check_credentials(out, change))
    return wrong;
  if (change.account_sid && *change.account_sid != out.account_sid)
    out = {}; // keys and tokens of the account before open nothing in this one
  auto wanted = change;
  replace(out.account_sid, wanted.account_sid);
  replace(out.auth_token, wanted.auth_token);
  replace(out.next_auth_token, wanted.next_auth_token);
  replace(out.api_key, wanted.api_key);
  replace(out.api_secret, wanted.api_secret);
  if (!change.promote_next_auth_token)
    return std::nullopt;
  if (out.next_auth_token.empty())
    return "promoteNextAuthToken: there is no nextAuthToken.";
  out.auth_token = std::move(out.next_auth_token);
  out.next_auth_token = {};
  return std::nullopt;
}

// -- numbers ----------------------------------------------------------------------------------------------------------

objection merge_numbers(std::vector<core::company_number>& out, std::vector<core::company_number> wanted) {
  std::set<std::string_view> seen;
  size_t primaries = 0;
  for (auto& entry : wanted) {
    if (!seen.insert(entry.number.str()).second)
      return "phoneNumbers: a number is listed twice.";
    if (entry.primary && !entry.active)
      return "phoneNumbers: the primary number must be active.";
    primaries += entry.primary ? 1 : 0;
    const auto before = std::find_if(out.begin(), out.end(), [&](const auto& n) { return n.number == entry.number; });
    if (before != out.end())
      entry.hook = before->hook, entry.origin = before->origin; // its webhook URLs stay what they are
  }
  if (primaries > 1)
    return "phoneNumbers: only one number can be primary.";
  const auto first = std::find_if(wanted.begin(), wanted.end(), [](const auto& n) { return n.active; });
  if (primaries == 0 && first != wanted.end())
    first->primary = true;
  out = std::move(wanted);
  return std::nullopt;
}

// -- routing and agent ------------------------------------------------------------------------------------------------

std::vector<core::routing_mode> derived_chain(core::routing_mode mode) {
  if (mode == core::routing_mode::voicemail)
    return {mode};
  return {mode, core::routing_mode::voicemail};
}

objection check_settings(const core::tenant_config& config) {
  if (config.mode == core::routing_mode::forward && !config.forward_number)
    return "forwardNumber: is needed when callRoutingMode is forward.";
  if (config.fallback_chain.empty() || config.fallback_chain.front() != config.mode)
    return fmt::format("fallbackChain: must begin with the callRoutingMode, {}.", to_string(config.mode));
  if (const auto& voice = config.agent.voice) {
    const int tuned =
        int(voice->speed.has_value()) + int(voice->stability.has_value()) + int(voice->similarity.has_value());
    if (tuned != 0 && tuned != 3)
      return "agent.voice: speed, stability and similarity can only be given together.";
    if (tuned == 3 && !voice->model)
      return "agent.voice: speed, stability and similarity need a model.";
  }
  return std::nullopt;
}

} // namespace

void merge_settings(core::tenant_config& out, config_change change) {
  const bool mode_changes = change.mode && *change.mode != out.mode;
  replace(out.legacy_number, change.legacy_number);
  replace(out.mode, change.mode);
  if (change.fallback_chain ? change.fallback_chain->empty() : mode_changes)
    out.fallback_chain = derived_chain(out.mode);
  else
    replace(out.fallback_chain, change.fallback_chain);
  replace(out.recording_enabled, change.recording_enabled);
  replace(out.forward_number, change.forward_number);
  replace(out.forward_timeout_seconds, change.forward_timeout_seconds);
  replace(out.forward_time_limit_seconds, change.forward_time_limit_seconds);
  replace(out.whisper_message, change.whisper_message);
  replace(out.voicemail, change.voicemail);
  replace(out.agent, change.agent);
  replace(out.rate_limit, change.rate_limit);
  replace(out.daily_spend_cap, change.daily_spend_cap);
  replace(out.quiet_hours, change.quiet_hours);
  replace(out.allowed_countries, change.allowed_countries);
  replace(out.auto_reply, change.auto_reply);
  replace(out.whatsapp_number, change.whatsapp_number);
  replace(out.smart_encoding, change.smart_encoding);
  replace(out.on_unknown, change.on_unknown);
  replace(out.signatures, change.signatures);
  replace(out.mock_mode, change.mock_mode);
}

core::expected<core::tenant_config> apply(const core::tenant_config& current, const config_change& change) {
  core::tenant_config out = current;
  merge_settings(out, change);
  auto wrong = merge_credentials(out.credentials, change);
  if (!wrong && change.numbers)
    wrong = merge_numbers(out.numbers, *change.numbers);
  if (!wrong)
    wrong = check_settings(out);
  if (wrong)
    return core::fail(core::ec::invalid_configuration, std::move(*wrong));
  return out;
}

} // namespace trunkline::json

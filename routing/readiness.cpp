#include "routing/readiness.hpp"

#include "routing/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace trunkline::routing {

namespace {

using std::string_view;

/// What a check says, and what to do about it. "{id}" stands for the company.
struct wording {
  string_view code;
  check_status when_not_ok;
  string_view ok_title, title, detail, fix, page;
};

constexpr auto failed = check_status::failed;
constexpr auto warning = check_status::warning;
constexpr string_view config_page = "/companies/{id}/configuration", numbers_page = "/companies/{id}/numbers",
                      routing_page = "/companies/{id}/routing", profile_page = "/companies/{id}";

// In the order of the API, which is the order in which a company is set up.
constexpr auto wordings = std::to_array<wording>({
    {"credentials_present", failed, "Twilio credentials present", "Twilio credentials missing",
     "Twilio not configured for this company.", "Save accountSid and authToken: PUT /api/companies/{id}/twilio/config",
     config_page},
    {"credentials_accepted", failed, "Twilio accepts the credentials", "Twilio authentication failed",
     "Nothing can be sent and no number can be checked.",
     "Save the account's current Auth Token: PUT /api/companies/{id}/twilio/config", config_page},
    {"account_active", failed, "Twilio account active", "Twilio account not active",
     "A suspended or closed account neither takes calls nor sends messages.",
     "Settle the account at Twilio, then test: POST /api/companies/{id}/twilio/test", config_page},
    {"account_paid", warning, "Twilio account paid", "Trial account",
     "Twilio's trial calls and messages only numbers that it has verified, with a notice of its own.",
     "Upgrade the account at Twilio; nothing has to be changed here", config_page},
    {"account_not_shared", warning, "Twilio account not shared", "Twilio account shared",
     "Another company has the same accountSid: spending and suspension strike both.",
     "Give the company a sub-account of its own: PUT /api/companies/{id}/twilio/config", config_page},
    {"number_present", failed, "Phone number present", "Phone number missing", "SMS and voice are disabled.",
     "Assign a number: POST /api/companies/{id}/numbers", numbers_page},
    {"number_in_account", failed, "Numbers belong to the account", "Number not in the account",
     "The Twilio account that sends does not have every number of this company.",
     "Remove the number, or save the credentials of the account that has it", numbers_page},
    {"number_unique", failed, "Numbers belong to this company alone", "Number taken twice",
     "Another company has one of the numbers: calls to it may reach either.",
     "Find it with GET /api/admin/numbers/conflicts and remove it from one of the two", numbers_page},
    {"webhook_voice", failed, "Calls reach this gateway", "Voice webhook points elsewhere",
     "Twilio sends the number's calls to another address.",
     "Repair it: POST /api/companies/{id}/numbers/{number}/repair", numbers_page},
    {"webhook_sms", failed, "Messages reach this gateway", "SMS webhook points elsewhere",
     "Twilio sends the number's messages to another address.",
     "Repair it: POST /api/companies/{id}/numbers/{number}/repair", numbers_page},
    {"routing_usable", failed, "Call routing usable", "Call routing not set up",
     "The first step of the chain can not be taken: every call goes to the next one.",
     "Set agent.url, forwardNumber or another callRoutingMode: PUT /api/companies/{id}/twilio/config", routing_page},
    {"knowledge_present", warning, "Menu present", "Menu missing", "An agent has nothing to answer from.",
     "Set menuUrl (PATCH /api/companies/{id}) or agent.knowledgeBaseId", profile_page},
    {"recording_enabled", warning, "Recording on", "Recording off", "Forwarded and agent calls leave no recording.",
     "Set recordingEnabled: PUT /api/companies/{id}/twilio/config", routing_page},
    {"signature_enforced", warning, "Signatures enforced", "Signatures not enforced",
     "Requests that Twilio did not sign are accepted and only counted.",
     "Set signatureMode to enforce: PUT /api/companies/{id}/twilio/config", config_page},
    {"live_mode", warning, "Live", "Mock mode", "No message leaves; every answer says simulated.",
     "Set mockMode to false: PUT /api/companies/{id}/twilio/config", config_page},
    {"health", failed, "Twilio healthy", "Twilio is down", "The last health check could not use the account.",
     "See GET /api/admin/notifications/dependency-health?companyId={id}", config_page},
    {"test_call", warning, "Test call answered", "No test call yet",
     "No signed call has been answered since the configuration was changed.", "Call the company's number",
     numbers_page},
    {"test_message", warning, "Test message delivered", "No test message yet",
     "No message has been delivered or received since the configuration was changed.", "Send one: POST /api/messages",
     numbers_page},
});

std::string with_company(string_view text, const core::tenant_id& id) {
  std::string out(text);
  if (const auto at = out.find("{id}"); at != std::string::npos)
    out.replace(at, 4, id.value);
  return out;
}

/// What the checks found, in the order of `wordings`.
std::array<std::optional<bool>, wordings.size()> findings(const core::tenant_profile& profile, bool platform_usable,
                                                          const readiness_evidence& seen) {
  const auto& config = profile.config;
  const auto source = core::source_of(config, platform_usable);
  const bool company_usable = source == core::credential_source::company && config.credentials.usable();
  return {
      company_usable || source == core::credential_source::platform,
      seen.credentials_accepted,
      seen.account_active,
      seen.account_paid,
      seen.account_not_shared,
      config.primary_number() != nullptr,
      seen.number_in_account,
      seen.number_unique,
      seen.webhook_voice,
      seen.webhook_sms,
      !config.fallback_chain.empty() && obstacle(config, config.fallback_chain.front()).empty(),
      profile.tenant.menu_url.has_value() || config.agent.knowledge_base_id.has_value(),
      config.recording_enabled,
      config.signatures == core::signature_mode::enforce,
      !config.mock_mode,
      seen.healthy,
      seen.test_call,
      seen.test_message,
  };
}

readiness_check check_of(const wording& words, std::optional<bool> fine, const core::tenant_id& id) {
  readiness_check check;
  check.code = words.code;
  check.title = words.ok_title;
  if (fine)
    check.status = *fine ? check_status::ok : words.when_not_ok;
  if (check.status == check_status::ok || check.status == check_status::unknown) {
    check.detail = fine ? "OK" : "Not checked yet.";
    return check;
  }
  check.title = words.title;
  check.detail = words.detail;
  check.fix = with_company(words.fix, id);
  check.fix_page = with_company(words.page, id);
  return check;
}

} // namespace

string_view to_string(check_status status) {
  switch (status) {
  case check_status::ok:
    return "ok";
  case check_status::warning:
    return "warning";
  case check_status::failed:
    return "failed";
  case check_status::unknown:
    return "unknown";
  }
  return "unknown";
}

std::vector<readiness_check> readiness(const core::tenant_profile& profile, bool platform_usable,
                                       const readiness_evidence& evidence) {
  const auto found = findings(profile, platform_usable, evidence);
  std::vector<readiness_check> checks;
  checks.reserve(wordings.size());
  for (size_t i = 0; i < wordings.size(); ++i)
    checks.push_back(check_of(wordings[i], found[i], profile.tenant.id));
  return checks;
}

bool is_ready(std::span<const readiness_check> checks) {
  return std::none_of(checks.begin(), checks.end(), [](const auto& c) { return c.status == check_status::failed; });
}

size_t count_not_ok(std::span<const readiness_check> checks) {
  return static_cast<size_t>(std::count_if(checks.begin(), checks.end(), [](const auto& c) {
    return c.status == check_status::failed || c.status == check_status::warning;
  }));
}

} // namespace trunkline::routing

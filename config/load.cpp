#include "config/load.hpp"

#include "config/sources.hpp"
#include "config/values.hpp"

#include <fmt/ranges.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace trunkline::config {

namespace {

/// A secret in a file that other users can read is worth a word; the file that must not be so is the vault's.
void warn_if_readable_by_others(const std::filesystem::path& file, const findings& before, findings& found) {
  struct stat facts {};
  if (stat(file.c_str(), &facts) != 0 || (facts.st_mode & (S_IRGRP | S_IROTH)) == 0)
    return;
  const auto first = found.values.begin() + static_cast<std::ptrdiff_t>(before.values.size());
  const auto secret = std::find_if(first, found.values.end(), [](const given_value& v) {
    return v.row->kind == value_kind::secret && !v.value.empty();
  });
  if (secret != found.values.end())
    found.warnings.push_back(fmt::format("{} holds {} and can be read by other users: chmod 600 {}", file.string(),
                                         secret->row->key, file.string()));
}

template <class Read>
void read_from(const std::filesystem::path& file, Read read, bool required, findings& found) {
  const findings before = found;
  if (const auto text = read_file(file, found)) {
    read(*text, file.filename().string(), found);
    warn_if_readable_by_others(file, before, found);
  } else if (required && found.problems.size() == before.problems.size()) {
    found.problem(file.string(), "", "there is no such file");
  }
}

bool is_account_sid(std::string_view text) {
  return text.size() == 34 && text.starts_with("AC") && std::all_of(text.begin() + 2, text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

/// Why the two halves are no platform account; empty when they are one, or when there is neither.
std::string_view platform_problem(const std::string& sid, const core::secret& token) {
  if (sid.empty() && token.empty())
    return {};
  if (token.empty())
    return "TWILIO_AUTH_TOKEN is missing";
  if (sid.empty())
    return "TWILIO_ACCOUNT_SID is missing";
  if (sid.starts_with("OR"))
    return "TWILIO_ACCOUNT_SID begins with OR: that is an Organization SID, not an Account SID";
  if (!is_account_sid(sid))
    return "TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits";
  const auto& text = token.reveal();
  if (text.size() > 128 || std::any_of(text.begin(), text.end(), [](char c) { return c <= 0x20 || c >= 0x7F; }))
    return "TWILIO_AUTH_TOKEN must be 1 to 128 printable ASCII characters";
  return {};
}

void settle_platform(loaded& out) {
  auto& s = out.values;
  const auto why = platform_problem(s.twilio_account_sid, s.twilio_auth_token);
  if (!why.empty())
    out.warnings.push_back(
        fmt::format("Twilio credentials not fully configured: {}. There is no platform account.", why));
  else if (!s.twilio_account_sid.empty())
    s.platform = core::platform_account{s.twilio_account_sid, s.twilio_auth_token};
}

void settle_public_url(loaded& out) {
  auto& s = out.values;
  if (s.public_url.empty()) {
    if (!s.listen.is_loopback())
      out.warnings.emplace_back("TRUNKLINE_PUBLIC_URL is not set: the signatures of Twilio's webhooks can not match.");
    if (s.listen.port != 0)
      s.public_url = derived_public_url(s.listen);
    return;
  }
  const auto url = parse_base_url(s.public_url);
  if (url && !url->https && !url->is_loopback())
    out.warnings.emplace_back("TRUNKLINE_PUBLIC_URL is http: calls and messages would cross the network unencrypted.");
}

/// What depends on other settings.
void settle(loaded& out) {
  auto& s = out.values;
  if (s.database.empty())
    s.database = core::secret(fmt::format("sqlite:{}/trunkline.db", s.data_dir));
  if (s.master_key_file.empty())
    s.master_key_file = s.data_dir + "/master.key";
  if (s.cluster_advertise.host.empty())
    s.cluster_advertise = s.cluster_listen;
  settle_platform(out);
  settle_public_url(out);
  if (!s.inbox_durable)
    out.warnings.emplace_back(
        "inbox.durable is false: webhooks are answered before they are stored, a crash loses them.");
  const auto alerts = parse_base_url(base_of(s.alerts_webhook_url));
  if (alerts && !alerts->https && !alerts->is_loopback())
    out.warnings.emplace_back("alerts.webhook_url is http: alerts would cross the network unencrypted.");
  if (s.outgoing_allow_private)
    out.warnings.emplace_back(
        "outgoing.allow_private is true: customers' webhooks reach this machine and its network.");
  if (!s.failing_company.empty())
    out.warnings.push_back(fmt::format("testing.failing_company is set: {} will fail on purpose.", s.failing_company));
}

void apply(const given_value& given, settings& out, findings& found) {
  const auto& value = given.value.empty() ? std::string(given.row->fallback) : given.value;
  if (const auto wrong = given.row->set(out, value))
    found.problem(given.place, given.name, *wrong);
}

} // namespace

std::map<std::string, std::string> process_environment() {
  variables all;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text(*entry);
    if (const auto equals = text.find('='); equals != std::string_view::npos)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

void wipe_secrets_from_environment() {
  for (const auto& row : setting_table())
    if (row.kind == value_kind::secret)
      if (char* value = std::getenv( // NOLINT(concurrency-mt-unsafe): before any thread is started
              std::string(row.variable).c_str()))
        sodium_memzero(value, std::strlen(value));
}

std::string derived_public_url(const endpoint& listen) { return "http://" + to_string(listen); }

settings default_settings() {
  loaded out;
  for (const auto& row : setting_table())
    row.set(out.values, row.fallback);
  settle(out);
  return std::move(out.values);
}

core::expected<loaded> load(const sources& from) {
  findings found;
  read_from(from.file.value_or(from.folder / "trunkline.toml"), read_toml, from.file.has_value(), found);
  read_from(from.folder / ".env", read_dotenv, false, found);
  read_environment(from.environment, found);

  loaded out;
  for (const auto& row : setting_table())
    row.set(out.values, row.fallback);
  for (const auto& given : found.values)
    apply(given, out.values, found);
  const auto& s = out.values;
  if (s.listen == s.api_listen && s.listen.port != 0)
    found.problem("settings", "api_listen", "must not be the same as listen");
  if (!s.alerts_webhook_url.empty() && s.alerts_webhook_key.empty())
    found.problem("settings", "alerts.webhook_secret", "must be set together with alerts.webhook_url");
  if (!s.cluster_listen.host.empty() && s.cluster_key.empty())
    found.problem("settings", "cluster.key", "must be set together with cluster.listen");
  if (!s.cluster_listen.host.empty() && !s.database.reveal().starts_with("postgres"))
    found.problem("settings", "cluster.listen", "needs a PostgreSQL database: TRUNKLINE_DATABASE=postgresql://...");
  if (!found.problems.empty())
    return core::fail(core::ec::invalid_configuration, fmt::format("{}", fmt::join(found.problems, "\n")));

  std::sort(found.warnings.begin(), found.warnings.end());
  found.warnings.erase(std::unique(found.warnings.begin(), found.warnings.end()), found.warnings.end());
  out.warnings = std::move(found.warnings);
  settle(out);
  return out;
}

} // namespace trunkline::config

#include "config/settings.hpp"

#include "config/values.hpp"
#include "core/country.hpp"

#include <sodium.h>

#include <algorithm>

namespace trunkline::config {

namespace {

using problem = std::optional<std::string>;

/// The text as it is, 1..limit printable ASCII characters.
template <auto member, size_t limit>
problem set_text(settings& s, std::string_view value) {
  if (value.empty() || value.size() > limit)
    return fmt::format("must have 1 to {} characters", limit);
  if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    return "must not hold control characters";
  s.*member = std::string(value);
  return std::nullopt;
}

template <auto member>
problem set_secret(settings& s, std::string_view value) {
  s.*member = core::secret(std::string(value));
  return std::nullopt;
}

template <auto member>
problem set_endpoint(settings& s, std::string_view value) {
  auto where = parse_endpoint(value);
  if (!where)
    return "must be ADDRESS:PORT with an IP address and a port of 0 to 65535, for example 127.0.0.1:8080 or [::1]:8080";
  s.*member = std::move(*where);
  return std::nullopt;
}

template <auto member>
problem set_url(settings& s, std::string_view value) {
  const auto url = parse_base_url(value);
  if (!url)
    return "must be http(s)://HOST[:PORT] without user, path, query or fragment";
  s.*member = url->text;
  return std::nullopt;
}

template <auto member, int64_t lowest, int64_t highest>
problem set_integer(settings& s, std::string_view value) {
  const auto number = parse_integer(value, lowest, highest);
  if (!number)
    return fmt::format("must be a whole number from {} to {}, without a unit", lowest, highest);
  using target = std::remove_reference_t<decltype(s.*member)>;
  s.*member = target(*number);
  return std::nullopt;
}

template <auto member>
problem set_boolean(settings& s, std::string_view value) {
  const auto flag = parse_boolean(value);
  if (!flag)
    return "must be true or false";
  s.*member = *flag;
  return std::nullopt;
}

// -- values with a shape of their own ---------------------------------------------------------------------------------

problem set_public_url(settings& s, std::string_view value) {
  if (value.empty()) // load() derives it from `listen`
    return s.public_url.clear(), std::nullopt;
  return set_url<&settings::public_url>(s, value);
}

problem set_database(settings& s, std::string_view value) {
  const bool sqlite = value.starts_with("sqlite:") && value.size() > 7;
  const bool postgresql = value.starts_with("postgresql://") || value.starts_with("postgres://");
  if (!value.empty() && !sqlite && !postgresql)
    return "must be sqlite:PATH or postgresql://USER@HOST/DATABASE";
  return set_secret<&settings::database>(s, value);
}

/// A key that somebody has made up, or none; `bytes` of random are proposed for it.
template <auto member, size_t shortest, int bytes>
problem set_key(settings& s, std::string_view value) {
  const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (!value.empty() && (value.size() < shortest || value.size() > 128 || !printable))
    return fmt::format("must have {} to 128 printable ASCII characters without spaces, for example what `openssl rand "
                       "-hex {}` prints",
                       shortest, bytes);
  return set_secret<member>(s, value);
}

problem set_master_key_file(settings& s, std::string_view value) {
  if (value.empty()) // load() puts it under data_dir
    return s.master_key_file.clear(), std::nullopt;
  return set_text<&settings::master_key_file, 4096>(s, value);
}

problem set_country(settings& s, std::string_view value) {
  if (!core::is_country(value))
    return "must be an ISO 3166 alpha-2 code in upper case, for example US or GB";
  s.default_country = value;
  return std::nullopt;
}

problem set_node_name(settings& s, std::string_view value) {
  const bool plain = std::all_of(value.begin(), value.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (value.empty() || value.size() > 32 || !plain)
    return "must have 1 to 32 characters of a-z, 0-9 and -";
  s.node_name = value;
  return std::nullopt;
}

/// Not checked here: half a pair or a malformed one is a warning, not a refusal [P1].
problem set_account_sid(settings& s, std::string_view value) {
  s.twilio_account_sid = value;
  return std::nullopt;
}

problem set_platform_use(settings& s, std::string_view value) {
  if (value != "all" && value != "admin")
    return "must be all or admin";
  s.platform_use = value == "all" ? platform_use::all : platform_use::admin;
  return std::nullopt;
}

problem set_jwt_algorithm(settings& s, std::string_view value) {
  if (!value.empty() && value != "HS256" && value != "RS256" && value != "ES256")
    return "must be HS256, RS256 or ES256";
  s.jwt_algorithm = value;
  return std::nullopt;
}

problem set_jwt_public_key_file(settings& s, std::string_view value) {
  if (value.empty())
    return s.jwt_public_key_file.clear(), std::nullopt;
  return set_text<&settings::jwt_public_key_file, 4096>(s, value);
}

problem set_log_level(settings& s, std::string_view value) {
  const auto level = log::parse_level(value);
  if (!level)
    return "must be debug, info, warn, error or off";
  s.log_level = *level;
  return std::nullopt;
}

problem set_log_format(settings& s, std::string_view value) {
  const auto format = log::parse_format(value);
  if (!format)
    return "must be json or text";
  s.log_format = *format;
  return std::nullopt;
}

problem set_failing_company(settings& s, std::string_view value) {
  if (!value.empty() && !core::is_public_id(value, "co_"))
    return "must be the id of a company, for example co_01jd8w3k2v";
  s.failing_company = value;
  return std::nullopt;
}

problem set_webhook_url(settings& s, std::string_view value) {
  if (value.empty())
    return s.alerts_webhook_url.clear(), std::nullopt;
  const bool plain = std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
  if (!plain || value.size() > 2048 || !parse_base_url(base_of(value)))
    return "must be http(s)://HOST[:PORT][/PATH][?QUERY] without user or fragment";
  s.alerts_webhook_url = value;
  return std::nullopt;
}

/// What Standard Webhooks calls a secret: whsec_ and the base64 of 24 to 64 bytes.
problem set_webhook_secret(settings& s, std::string_view value) {
  constexpr std::string_view prefix = "whsec_", wrong = "must be whsec_ and the base64 of 24 to 64 bytes, or 24 to 64 "
                                                        "printable ASCII characters without spaces";
  std::string key(value);
  if (value.starts_with(prefix)) {
    size_t length = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), value.data() + prefix.size(),
                          value.size() - prefix.size(), nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
      return std::string(wrong);
    key.resize(length);
  } else if (!std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
    return std::string(wrong);
  }
  if (!value.empty() && (key.size() < 24 || key.size() > 64))
    return std::string(wrong);
  s.alerts_webhook_key = core::secret(std::move(key));
  return std::nullopt;
}

/// Nobody is asked for a password before he may speak at this port, so it is not for everybody.
problem set_cluster_listen(settings& s, std::string_view value) {
  if (value.empty())
    return s.cluster_listen = {}, std::nullopt;
  if (auto wrong = set_endpoint<&settings::cluster_listen>(s, value))
    return wrong;
  if (!s.cluster_listen.is_private())
    return "must be loopback or a private address (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7): nodes on "
           "different "
           "hosts meet through a tunnel, see docs/operations.md";
  return std::nullopt;
}

problem set_cluster_advertise(settings& s, std::string_view value) {
  if (value.empty())
    return s.cluster_advertise = {}, std::nullopt;
  return set_endpoint<&settings::cluster_advertise>(s, value);
}

// -- the table --------------------------------------------------------------------------------------------------------

using enum value_kind;
using s = settings;

constexpr setting table[] = {
    {"listen", "TRUNKLINE_LISTEN", text, "127.0.0.1:8080", "ADDRESS:PORT",
     "Where Twilio's webhooks arrive; port 0 takes any free one.", set_endpoint<&s::listen>},
    {"api_listen", "TRUNKLINE_API_LISTEN", text, "127.0.0.1:8090", "ADDRESS:PORT",
     "Where the API, the console and `/metrics` are served.", set_endpoint<&s::api_listen>},
    {"public_url", "TRUNKLINE_PUBLIC_URL", text, "", "http(s)://HOST[:PORT]",
     "The URL by which Twilio reaches `listen`: signatures are checked against it. Default: `http://` + `listen`.",
     set_public_url},
    {"data_dir", "TRUNKLINE_DATA_DIR", text, "./var", "folder",
     "Where the embedded database and generated keys are kept.", set_text<&s::data_dir, 4096>},
    {"database", "TRUNKLINE_DATABASE", secret, "", "`sqlite:PATH` or `postgresql://...`",
     "The database. Default: `sqlite:` + `data_dir` + `/trunkline.db`.", set_database},
    {"admin_key", "TRUNKLINE_ADMIN_KEY", secret, "", "16 to 128 characters",
     "The platform administrator's API key. Default: made at the first start and kept in `data_dir` + `/admin.key`.",
     set_key<&s::admin_key, 16, 24>},
    {"master_key", "TRUNKLINE_MASTER_KEY", secret, "", "64 hex digits; several as `1:...,2:...`",
     "The key that seals stored credentials, instead of `master_key_file`; the highest version is the current one.",
     set_secret<&s::master_key>},
    {"master_key_file", "TRUNKLINE_MASTER_KEY_FILE", text, "", "file",
     "The key that seals stored credentials. Default: `data_dir` + `/master.key`, made for an empty database.",
     set_master_key_file},
    {"node_name", "TRUNKLINE_NODE_NAME", text, "n1", "1 to 32 of a-z 0-9 -", "This node's name, unique in its cluster.",
     set_node_name},
    {"default_country", "TRUNKLINE_DEFAULT_COUNTRY", text, "US", "ISO 3166 alpha-2",
     "The country of numbers that webhooks carry without a leading +.", set_country},
    {"twilio.api_url", "TRUNKLINE_TWILIO_API_URL", text, "https://api.twilio.com", "http(s)://HOST[:PORT]",
     "Twilio's REST API, or the simulator's.", set_url<&s::twilio_api_url>},
    {"twilio.account_sid", "TWILIO_ACCOUNT_SID", text, "", "AC + 32 hex digits",
     "The optional platform account, used for companies without credentials of their own.", set_account_sid},
    {"twilio.auth_token", "TWILIO_AUTH_TOKEN", secret, "", "1 to 128 characters", "The platform account's auth token.",
     set_secret<&s::twilio_auth_token>},
    {"twilio.platform_use", "TRUNKLINE_TWILIO_PLATFORM_USE", text, "all", "`all` or `admin`",
     "What the platform account may be used for: everything, or health checks and the number pool only.",
     set_platform_use},
    {"jwt.algorithm", "TRUNKLINE_JWT_ALGORITHM", text, "", "`HS256`, `RS256` or `ES256`",
     "The one algorithm of JSON Web Tokens that the API accepts as bearer tokens; empty: none.", set_jwt_algorithm},
    {"jwt.secret", "TRUNKLINE_JWT_SECRET", secret, "", "at least 32 bytes", "The key of HS256.",
     set_secret<&s::jwt_secret>},
    {"jwt.public_key_file", "TRUNKLINE_JWT_PUBLIC_KEY_FILE", text, "", "file", "The public key of RS256 or ES256, PEM.",
     set_jwt_public_key_file},
    {"outgoing.allow_private", "TRUNKLINE_OUTGOING_ALLOW_PRIVATE", boolean, "false", "`true` or `false`",
     "For development: customers' webhooks may go to http and to private addresses, this machine's own included.",
     set_boolean<&s::outgoing_allow_private>},
    {"health.interval_seconds", "TRUNKLINE_HEALTH_INTERVAL_SECONDS", integer, "60", "5 to 3600",
     "How often the database and the platform's Twilio account are checked.",
     set_integer<&s::health_interval, 5, 3'600>},
    {"health.company_interval_seconds", "TRUNKLINE_HEALTH_COMPANY_INTERVAL_SECONDS", integer, "900", "10 to 86400",
     "How often each company's own Twilio account is checked; one that fails sooner.",
     set_integer<&s::health_company_interval, 10, 86'400>},
    {"health.checks_per_second", "TRUNKLINE_HEALTH_CHECKS_PER_SECOND", integer, "10", "1 to 1000",
     "Companies' accounts checked per second at most; where that is too few, the interval grows.",
     set_integer<&s::health_checks_per_second, 1, 1'000>},
    {"alerts.webhook_url", "TRUNKLINE_ALERTS_WEBHOOK_URL", text, "", "http(s)://HOST[:PORT][/PATH]",
     "Where alerts are posted when they open and when they are resolved.", set_webhook_url},
    {"alerts.webhook_secret", "TRUNKLINE_ALERTS_WEBHOOK_SECRET", secret, "", "`whsec_` + base64",
     "What these posts are signed with, by Standard Webhooks. Required with `alerts.webhook_url`.", set_webhook_secret},
    {"cluster.listen", "TRUNKLINE_CLUSTER_LISTEN", text, "", "ADDRESS:PORT",
     "Where the other nodes of a cluster reach this one, loopback or a private address; empty: no cluster. It needs "
     "PostgreSQL.",
     set_cluster_listen},
    {"cluster.advertise", "TRUNKLINE_CLUSTER_ADVERTISE", text, "", "ADDRESS:PORT",
     "What the other nodes dial instead of `cluster.listen`: this node's end of a tunnel.", set_cluster_advertise},
    {"cluster.key", "TRUNKLINE_CLUSTER_KEY", secret, "", "32 to 128 characters",
     "What nodes prove themselves to each other with, the same on all. Required with `cluster.listen`.",
     set_key<&s::cluster_key, 32, 32>},
    {"cluster.weight", "TRUNKLINE_CLUSTER_WEIGHT", integer, "1", "1 to 100",
     "This node's share of the companies, in proportion to the others'.", set_integer<&s::cluster_weight, 1, 100>},
    {"cluster.lease_ms", "TRUNKLINE_CLUSTER_LEASE_MS", integer, "10000", "1000 to 60000",
     "A node that has not renewed its lease for so long has lost its companies. The same on all nodes.",
     set_integer<&s::cluster_lease, 1'000, 60'000>},
    {"cluster.quiet_seconds", "TRUNKLINE_CLUSTER_QUIET_SECONDS", integer, "60", "0 to 3600",
     "Companies move to where they belong only after the members have been the same for so long.",
     set_integer<&s::cluster_quiet, 0, 3'600>},
    {"log.level", "TRUNKLINE_LOG_LEVEL", text, "info", "`debug`, `info`, `warn`, `error` or `off`",
     "The lowest level that is logged.", set_log_level},
    {"log.format", "TRUNKLINE_LOG_FORMAT", text, "json", "`json` or `text`",
     "JSON lines, or text to read; both on standard error.", set_log_format},
    {"limits.webhooks_in_flight", "TRUNKLINE_WEBHOOKS_IN_FLIGHT", integer, "4096", "1 to 1000000",
     "Webhooks being answered at once; more are refused with 503 and `Retry-After`.",
     set_integer<&s::webhooks_in_flight, 1, 1'000'000>},
    {"limits.request_deadline_ms", "TRUNKLINE_REQUEST_DEADLINE_MS", integer, "10000", "100 to 60000",
     "How long a request may wait for its answer; then 503. Twilio itself gives up after 15 s.",
     set_integer<&s::request_deadline, 100, 60'000>},
    {"limits.statement_deadline_ms", "TRUNKLINE_STATEMENT_DEADLINE_MS", integer, "5000", "100 to 60000",
     "How long one database statement may take, also against a frozen server.",
     set_integer<&s::statement_deadline, 100, 60'000>},
    {"limits.idle_passivation_seconds", "TRUNKLINE_IDLE_PASSIVATION_SECONDS", integer, "900", "1 to 86400",
     "After this time without work a company's actor leaves memory.", set_integer<&s::idle_passivation, 1, 86'400>},
    {"limits.max_active_tenants", "TRUNKLINE_MAX_ACTIVE_TENANTS", integer, "100000", "1 to 10000000",
     "Companies with an actor in memory at once.", set_integer<&s::max_active_tenants, 1, 10'000'000>},
    {"limits.io_threads", "TRUNKLINE_IO_THREADS", integer, "0", "0 to 64",
     "Threads that read and write webhooks' connections; 0 means one for every two processors, at least 2.",
     set_integer<&s::io_threads, 0, 64>},
    {"limits.scheduler_threads", "TRUNKLINE_SCHEDULER_THREADS", integer, "0", "0 to 256",
     "Threads that run actors; 0 means one for every two processors.", set_integer<&s::scheduler_threads, 0, 256>},
    {"limits.store_workers", "TRUNKLINE_STORE_WORKERS", integer, "2", "1 to 64",
     "Database sessions for everything but the inbox.", set_integer<&s::store_workers, 1, 64>},
    {"limits.live_viewers", "TRUNKLINE_LIVE_VIEWERS", integer, "1000", "1 to 100000",
     "Browsers that are told live events at once, each on a connection of its own; no company has more than a fifth.",
     set_integer<&s::live_viewers, 1, 100'000>},
    {"inbox.durable", "TRUNKLINE_INBOX_DURABLE", boolean, "true", "`true` or `false`",
     "false answers webhooks before they are stored: for measurements only, a crash loses them.",
     set_boolean<&s::inbox_durable>},
    {"inbox.workers", "TRUNKLINE_INBOX_WORKERS", integer, "0", "0 to 16",
     "Transactions that store webhooks at the same time; 0 means 2, on less than 4 processors 1; SQLite has one.",
     set_integer<&s::inbox_workers, 0, 16>},
    {"inbox.journal_mb", "TRUNKLINE_INBOX_JOURNAL_MB", integer, "256", "0 to 65536",
     "While PostgreSQL is away, webhooks are kept in so many MiB of files in `data_dir` + `/journal`; 0: refused.",
     set_integer<&s::inbox_journal_mb, 0, 65'536>},
    {"mock_mode", "MOCK_MODE", boolean, "false", "`true` or `false`",
     "true: no message leaves this node, all are simulated and say so.", set_boolean<&s::mock_mode>},
    {"outbox.first_look_seconds", "TRUNKLINE_OUTBOX_FIRST_LOOK_SECONDS", integer, "10", "1 to 600",
     "So long after an attempt whose end is unknown Twilio is asked for the first time what it has sent.",
     set_integer<&s::outbox_first_look, 1, 600>},
    {"outbox.list_lag_seconds", "TRUNKLINE_OUTBOX_LIST_LAG_SECONDS", integer, "180", "1 to 3600",
     "What Twilio does not list so long after the attempt did not go out, and is sent again.",
     set_integer<&s::outbox_list_lag, 1, 3'600>},
    {"outbox.give_up_seconds", "TRUNKLINE_OUTBOX_GIVE_UP_SECONDS", integer, "900", "1 to 86400",
     "When Twilio's list can not be had for so long, `unknownOutcome` of the company decides.",
     set_integer<&s::outbox_give_up, 1, 86'400>},
    {"testing.failing_company", "TRUNKLINE_TESTING_FAILING_COMPANY", text, "", "id of a company",
     "For tests only: this company's handler always throws.", set_failing_company},
};

} // namespace

std::span<const setting> setting_table() { return table; }

std::string settings_as_markdown() {
  std::string out = "| key | variable | default | value | meaning |\n|---|---|---|---|---|\n";
  for (const auto& row : table)
    out += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", row.key, row.variable,
                       row.fallback.empty() ? "" : fmt::format("`{}`", row.fallback), row.shape, row.doc);
  return out;
}

} // namespace trunkline::config

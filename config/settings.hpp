#pragma once

#include "config/log.hpp"
#include "core/secret.hpp"
#include "core/tenant_config.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trunkline::config {

/// Where a listener binds; port 0 means any free one.
struct endpoint {
  std::string host; ///< an IPv4 or IPv6 address without brackets
  uint16_t port = 0;

  bool is_loopback() const;
  /// Loopback or one of the networks that are not routed in the Internet (RFC 1918, RFC 4193, RFC 6598, link-local).
  bool is_private() const;
  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "127.0.0.1:8080", "[::1]:8080"
std::string to_string(const endpoint& where);

/// What the platform account may be used for: everything, or health checks and the pool only [P6].
enum class platform_use : uint8_t { all, admin };

/// Every setting of the program. The members have no defaults of their own: setting_table() has them, and load() fills
/// the struct from it. default_settings() is the result of loading nothing.
struct settings {
  endpoint listen;
  endpoint api_listen;
  std::string public_url; ///< scheme://host[:port] without a slash at the end
  std::string data_dir;
  core::secret database;   ///< "sqlite:PATH" | "postgresql://...", which may hold a password
  core::secret admin_key;  ///< empty: see admin_key.hpp
  core::secret master_key; ///< not empty: instead of the file
  std::string master_key_file;
  std::string node_name;
  std::string default_country;

  std::string twilio_api_url;
  std::string twilio_account_sid; ///< as given; `platform` is what counts
  core::secret twilio_auth_token;
  config::platform_use platform_use{};
  std::optional<core::platform_account> platform; ///< only when both halves are there and well-formed [P1]

  std::string jwt_algorithm; ///< empty: no JWT is accepted
  core::secret jwt_secret;
  std::string jwt_public_key_file;

  log::level log_level{};
  log::format log_format{};

  bool outgoing_allow_private = false; ///< development only

  std::chrono::seconds health_interval{};
  std::chrono::seconds health_company_interval{};
  size_t health_checks_per_second = 0;
  std::string alerts_webhook_url;  ///< empty: nobody is told
  core::secret alerts_webhook_key; ///< decoded, what signatures are made with

  endpoint cluster_listen;    ///< no host: a node of its own, without a cluster
  endpoint cluster_advertise; ///< where the others dial it
  core::secret cluster_key;   ///< the same on all nodes
  size_t cluster_weight = 0;
  std::chrono::milliseconds cluster_lease{};
  std::chrono::seconds cluster_quiet{};

  size_t webhooks_in_flight = 0;
  std::chrono::milliseconds request_deadline{};
  std::chrono::milliseconds statement_deadline{};
  std::chrono::seconds idle_passivation{};
  size_t max_active_tenants = 0;
  size_t io_threads = 0;
  size_t scheduler_threads = 0; ///< 0: one for every two processors
  size_t store_workers = 0;
  size_t live_viewers = 0;
  bool inbox_durable = true;
  size_t inbox_workers = 0;
  size_t inbox_journal_mb = 0; ///< 0: no journal
  bool mock_mode = false;      ///< nothing leaves this node
  std::chrono::seconds outbox_first_look{}, outbox_list_lag{}, outbox_give_up{};
  std::string failing_company; ///< tests only: this company's handler always throws
};

enum class value_kind : uint8_t { text, integer, boolean, secret };

/// One row of the table that parsing, defaults and docs/configuration.md share.
struct setting {
  std::string_view key;      ///< in the TOML file, dotted: "twilio.account_sid"
  std::string_view variable; ///< in the environment and .env
  value_kind kind;
  std::string_view fallback; ///< the default, as it would be written in .env
  std::string_view shape;    ///< what a value looks like, in words
  std::string_view doc;      ///< one line
  /// Stores `value` and returns nothing, or says what is wrong with it without repeating it.
  std::optional<std::string> (*set)(settings&, std::string_view value);
};

std::span<const setting> setting_table();

/// As after load() of an empty environment.
settings default_settings();

/// The rows of docs/configuration.md's table.
std::string settings_as_markdown();

} // namespace trunkline::config

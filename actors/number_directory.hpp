#pragma once

#include "core/ids.hpp"
#include "core/phone_number.hpp"
#include "core/tenant_config.hpp"
#include "health/minute_gate.hpp"
#include "persistence/stores.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trunkline::actors {

/// What the front end has seen of a company's webhooks; it stays the same when the configuration changes.
struct door_signals {
  health::minute_gate rejected, next_token;
};

/// What the front end knows of a company: enough to refuse a forged webhook without asking anybody.
struct door {
  core::tenant_id tenant;
  std::string account_sid;               ///< the account it sends with: its own or the platform's; empty for none
  std::vector<core::secret> auth_tokens; ///< any of them verifies: current and next
  core::signature_mode signatures = core::signature_mode::enforce;
  core::hook_token hook; ///< the company's own token
  bool own_account = false;
  std::shared_ptr<door_signals> signals = std::make_shared<door_signals>();
};

using door_ptr = std::shared_ptr<const door>;

/// Who a webhook is for, and the token its callback URLs go by.
struct destination {
  door_ptr company;
  core::hook_token hook;
};

/// All numbers and hook tokens of all companies, in memory. Read by every front-end thread, written when a
/// configuration changes.
class number_directory {
public:
  explicit number_directory(std::optional<core::platform_account> platform) : platform_(std::move(platform)) {}

  /// Adds a company, or replaces all that was known of it.
  void put(persistence::tenant_door row);
  /// As if there had never been such a company.
  void remove(const core::tenant_id& tenant);

  std::optional<destination> by_number(std::string_view e164) const;
  std::optional<destination> by_token(std::string_view token) const;

  door_ptr by_company(const core::tenant_id& tenant) const; ///< null if there is no such company
  std::vector<core::tenant_id> companies_with_own_account() const;
  bool has_own_accounts() const; ///< any company
  std::vector<core::tenant_id> all() const;

  size_t companies() const;
  size_t numbers() const;
  bool platform_usable() const { return platform_.has_value(); }
  const std::optional<core::platform_account>& platform() const { return platform_; }

private:
  struct text_hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using index = std::unordered_map<std::string, destination, text_hash, std::equal_to<>>;

  struct keys_of_company {
    door_ptr door;
    std::vector<std::string> numbers, tokens;
  };

  static std::optional<destination> look_up(const index& where, std::string_view key);
  std::shared_ptr<door> make_door(const persistence::tenant_door& row) const;
  void forget_numbers(const core::tenant_id& tenant);

  const std::optional<core::platform_account> platform_;
  mutable std::shared_mutex lock_;
  index by_number_, by_token_;
  std::unordered_map<core::tenant_id, keys_of_company> keys_;
};

} // namespace trunkline::actors

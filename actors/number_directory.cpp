#include "actors/number_directory.hpp"

#include <algorithm>
#include <mutex>

namespace trunkline::actors {

std::shared_ptr<door> number_directory::make_door(const persistence::tenant_door& row) const {
  auto company = std::make_shared<door>();
  company->tenant = row.tenant;
  company->signatures = row.signatures;
  company->hook = row.hook;
  if (!row.account_sid.empty()) { // a company with an account of its own never falls back to the platform's [P6]
    company->account_sid = row.account_sid;
    company->own_account = true;
    for (const auto* token : {&row.auth_token, &row.next_auth_token})
      if (!token->empty())
        company->auth_tokens.push_back(*token);
  } else if (platform_) {
    company->account_sid = platform_->account_sid;
    company->auth_tokens = {platform_->auth_token};
  }
  return company;
}

/// Takes the company's numbers out; its tokens stay, because calls that are going on still report to them.
void number_directory::forget_numbers(const core::tenant_id& tenant) {
  const auto found = keys_.find(tenant);
  if (found == keys_.end())
    return;
  for (const auto& number : found->second.numbers) {
    const auto entry = by_number_.find(number);
    if (entry != by_number_.end() && entry->second.company->tenant == tenant)
      by_number_.erase(entry);
  }
  found->second.numbers.clear();
}

void number_directory::put(persistence::tenant_door row) {
  const auto company = make_door(row);
  std::unique_lock held(lock_);
  forget_numbers(row.tenant);
  auto& keys = keys_[row.tenant];
  if (keys.door)
    company->signals = keys.door->signals;
  keys.door = company;
  for (const auto& token : keys.tokens)
    by_token_[token].company = company;
  const auto add_token = [&](const core::hook_token& token) {
    if (by_token_.insert_or_assign(token.value, destination{company, token}).second)
      keys.tokens.push_back(token.value);
  };
  const auto add_number = [&](const core::phone_number& number, const core::hook_token& token) {
    by_number_.insert_or_assign(number.str(),
                                destination{company, token}); // the database gives a number to one company
    keys.numbers.push_back(number.str());
  };
  add_token(row.hook);
  for (const auto& number : row.numbers) {
    add_token(number.hook);
    if (number.active)
      add_number(number.number, number.hook);
  }
  if (row.legacy_number)
    add_number(*row.legacy_number, row.hook);
  if (row.whatsapp_number && row.whatsapp_number->str() != core::whatsapp_sandbox)
    add_number(*row.whatsapp_number, row.hook);
}

void number_directory::remove(const core::tenant_id& tenant) {
  std::unique_lock held(lock_);
  forget_numbers(tenant);
  const auto found = keys_.find(tenant);
  if (found == keys_.end())
    return;
  for (const auto& token : found->second.tokens)
    by_token_.erase(token);
  keys_.erase(found);
}

std::optional<destination> number_directory::look_up(const index& where, std::string_view key) {
  const auto found = where.find(key);
  return found == where.end() ? std::nullopt : std::optional(found->second);
}

std::optional<destination> number_directory::by_number(std::string_view e164) const {
  std::shared_lock held(lock_);
  return look_up(by_number_, e164);
}

std::optional<destination> number_directory::by_token(std::string_view token) const {
  std::shared_lock held(lock_);
  return look_up(by_token_, token);
}

door_ptr number_directory::by_company(const core::tenant_id& tenant) const {
  std::shared_lock held(lock_);
  const auto found = keys_.find(tenant);
  return found == keys_.end() ? nullptr : found->second.door;
}

std::vector<core::tenant_id> number_directory::companies_with_own_account() const {
  std::shared_lock held(lock_);
  std::vector<core::tenant_id> all;
  for (const auto& [tenant, keys] : keys_)
    if (keys.door && keys.door->own_account)
      all.push_back(tenant);
  return all;
}

bool number_directory::has_own_accounts() const {
  std::shared_lock held(lock_);
  return std::any_of(keys_.begin(), keys_.end(),
                     [](const auto& entry) { return entry.second.door && entry.second.door->own_account; });
}

std::vector<core::tenant_id> number_directory::all() const {
  std::shared_lock held(lock_);
  std::vector<core::tenant_id> out;
  out.reserve(keys_.size());
  for (const auto& [tenant, keys] : keys_)
    out.push_back(tenant);
  return out;
}

size_t number_directory::companies() const {
  std::shared_lock held(lock_);
  return keys_.size();
}

size_t number_directory::numbers() const {
  std::shared_lock held(lock_);
  return by_number_.size();
}

} // namespace trunkline::actors

#pragma once

#include "sim/table.hpp"

#include <map>
#include <set>
#include <unordered_map>

namespace trunkline::sim {

struct state_limits {
  size_t accounts = 200'000, numbers = 400'000, messages = 200'000, calls = 50'000, opt_outs = 100'000;
};

struct api_key {
  std::string account_sid;
  core::secret secret;
};

/// Everything Twilio would keep in its databases.
class state {
public:
  explicit state(const state_limits& limits);

  account* find_account(const std::string& sid);
  /// Null when there are too many accounts.
  account* put_account(account value);
  bool put_api_key(const std::string& sid, api_key key);
  /// Whose credentials these are, else null; in constant time over the secret.
  const account* authenticate(const std::string& user, std::string_view password) const;
  const std::unordered_map<std::string, account>& accounts() const { return accounts_; }

  /// The number as it is in use by anybody, else null.
  table<incoming_number>::pointer owner_of(const std::string& phone_number) const;
  /// Null when somebody has the number or there are too many.
  table<incoming_number>::pointer add_number(incoming_number number);
  void release_number(const table<incoming_number>::pointer& number);
  table<incoming_number>::pointer move_number(const table<incoming_number>::pointer& number,
                                              const std::string& account_sid);

  /// STOP and START of a recipient towards one of our numbers.
  void set_opt_out(const std::string& ours, const std::string& theirs, bool out);
  bool opted_out(const std::string& ours, const std::string& theirs) const;

  table<incoming_number> numbers;
  table<message> messages;
  table<call> calls;

private:
  state_limits limits_;
  std::unordered_map<std::string, account> accounts_;
  std::unordered_map<std::string, api_key> api_keys_;
  std::unordered_map<std::string, table<incoming_number>::pointer> owners_;
  std::set<std::pair<std::string, std::string>> opt_outs_;
};

} // namespace trunkline::sim

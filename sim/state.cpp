#include "sim/state.hpp"

namespace trunkline::sim {

state::state(const state_limits& limits)
    : numbers(2 * limits.numbers), // room for deleted rows, so that a number in use is never the one to go
      messages(limits.messages),
      calls(limits.calls),
      limits_(limits) {}

account* state::find_account(const std::string& sid) {
  const auto found = accounts_.find(sid);
  return found == accounts_.end() ? nullptr : &found->second;
}

account* state::put_account(account value) {
  if (accounts_.size() >= limits_.accounts && !accounts_.contains(value.sid))
    return nullptr;
  auto& stored = accounts_[value.sid];
  stored = std::move(value);
  return &stored;
}

bool state::put_api_key(const std::string& sid, api_key key) {
  if (api_keys_.size() >= limits_.accounts && !api_keys_.contains(sid))
    return false;
  api_keys_[sid] = std::move(key);
  return true;
}

const account* state::authenticate(const std::string& user, std::string_view password) const {
  const auto key = api_keys_.find(user);
  const auto owner = accounts_.find(key == api_keys_.end() ? user : key->second.account_sid);
  if (owner == accounts_.end())
    return nullptr;
  const auto& expected = key == api_keys_.end() ? owner->second.auth_token : key->second.secret;
  return !expected.empty() && expected.equals(password) ? &owner->second : nullptr;
}

table<incoming_number>::pointer state::owner_of(const std::string& phone_number) const {
  const auto found = owners_.find(phone_number);
  return found == owners_.end() ? nullptr : found->second;
}

table<incoming_number>::pointer state::add_number(incoming_number number) {
  // A number never makes room for another one: that would take it from its owner.
  if (owners_.contains(number.phone_number) || owners_.size() >= limits_.numbers)
    return nullptr;
  auto stored = numbers.insert(std::move(number));
  owners_[stored->phone_number] = stored;
  return stored;
}

void state::release_number(const table<incoming_number>::pointer& number) {
  owners_.erase(number->phone_number);
  numbers.erase(number);
}

table<incoming_number>::pointer state::move_number(const table<incoming_number>::pointer& number,
                                                   const std::string& account_sid) {
  auto moved = numbers.move_to(number, account_sid);
  owners_[moved->phone_number] = moved;
  return moved;
}

void state::set_opt_out(const std::string& ours, const std::string& theirs, bool out) {
  if (!out)
    opt_outs_.erase({ours, theirs});
  else if (opt_outs_.size() < limits_.opt_outs)
    opt_outs_.emplace(ours, theirs);
}

bool state::opted_out(const std::string& ours, const std::string& theirs) const {
  return opt_outs_.contains({ours, theirs});
}

} // namespace trunkline::sim

#pragma once

#include "sim/state.hpp"

#include <array>
#include <string>
#include <string_view>

namespace trunkline::sim {

/// Accounts that exist from the start. The tokens open nothing but a simulator on this machine.
struct demo_account {
  std::string_view name, sid, auth_token;
  std::string_view number; ///< E.164, "" for none
};

inline constexpr demo_account demo_companies[] = {
    {"Harbour Dental", "ACde300000000000000000000000000101", "de3000000000000000000000000a0101", "+12125550101"},
    {"Northside Plumbing", "ACde300000000000000000000000000102", "de3000000000000000000000000a0102", "+12125550102"},
};

inline constexpr demo_account demo_platform = {"Platform", "ACde300000000000000000000000000100",
                                               "de3000000000000000000000000a0100", ""};

void add_demo_accounts(state& data, core::timestamp now);

/// {"platform":{"name","accountSid","authToken"},"companies":[{"name","accountSid","authToken","phoneNumber"}]}
std::string demo_accounts_json();

} // namespace trunkline::sim

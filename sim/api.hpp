#pragma once

#include "sim/twilio_error.hpp"
#include "sim/world.hpp"
#include "twilio/form.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trunkline::sim {

/// One authenticated request below /2010-04-01/Accounts/{AC}.
struct api_call {
  world& sim;
  account& owner;                     ///< of the path
  bool by_parent;                     ///< the credentials are those of the main account
  std::string method, path;           ///< path as received, for uri fields
  std::vector<std::string_view> rest; ///< of the path, without ".json": {"Messages", "SM..."}
  twilio::form query, form;

  bool is(std::string_view verb) const { return method == verb; }
  core::timestamp now() const { return sim.clock.now(); }
};

// One function per resource; each answers 404 or 405 by itself.
response account_api(api_call& call);
response numbers_api(api_call& call);
response available_api(api_call& call);
response messages_api(api_call& call);
response calls_api(api_call& call);

/// Authenticates, finds the resource, adds Twilio's headers. Never fails, whatever it is sent.
response twilio_api(world& sim, const request& received);

/// The account in the path, else "".
std::string_view account_of_path(std::string_view path);

inline response not_found() { return to_response(error_of(20404)); }
inline response wrong_method() { return to_response(error_of(20004)); }

} // namespace trunkline::sim

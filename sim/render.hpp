#pragma once

#include "sim/json_writer.hpp"
#include "sim/model.hpp"

#include <string>

namespace trunkline::sim {

// The resources as api.twilio.com shows them: strings where Twilio has strings, null where it has null.

void write(json_writer& json, const account& resource);
void write(json_writer& json, const incoming_number& resource);
void write(json_writer& json, const message& resource);
void write(json_writer& json, const call& resource);

/// "/2010-04-01/Accounts/AC..."
std::string account_path(const std::string& account_sid);

/// "(212) 555-0101" for +1, else as it is.
std::string formatted_number(const std::string& number);

template <class Resource>
std::string to_json(const Resource& resource) {
  json_writer json;
  write(json, resource);
  return std::move(json).text();
}

} // namespace trunkline::sim

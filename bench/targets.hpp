#pragma once

#include "core/error.hpp"
#include "core/secret.hpp"

#include <string>
#include <vector>

namespace trunkline::bench {

/// A number that can be called, and what Twilio would sign its webhook with.
struct target {
  std::string number;
  std::string account_sid;
  core::secret auth_token;
  std::string path; ///< "/api/twilio/voice" or "/hooks/<token>/voice"
};

/// CSV without quoting: number,account_sid,auth_token,path; the header line may be missing. An empty file, a line
/// without exactly four fields and more than 500,000 lines are errors that name the line, never its content.
core::expected<std::vector<target>> read_targets(const std::string& file);

} // namespace trunkline::bench

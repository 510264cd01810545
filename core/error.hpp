#pragma once

#include "core/ec.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trunkline::core {

/// One field of a request that is not valid: `pointer` is an RFC 6901 JSON pointer, for example "/forwardNumber".
struct field_error {
  std::string pointer;
  std::string code = "invalid_value";
  std::string detail;
};

/// What Twilio said when it refused, as problem+json shows it.
struct twilio_refusal {
  int http_status = 0;
  int code = 0; ///< of Twilio's error dictionary, 0 if its answer had none
  std::string message, more_info;
};

/// A failure on its way to whoever asked. `detail` may be shown to the client; `context` is for the log alone.
struct error {
  ec code = ec::internal_error;
  std::string detail;
  std::string context;
  std::vector<field_error> fields;
  std::optional<twilio_refusal> twilio = std::nullopt;
  /// What is in the way, by name: {"numbers", {"+1..."}}.
  std::vector<std::pair<std::string, std::vector<std::string>>> lists = {};
  int retry_after_seconds = 1; ///< shown on 429 and 503
};

template <class T>
using expected = tl::expected<T, error>;

/// `return fail(ec::not_found, "No such company.");`
inline tl::unexpected<error> fail(ec code, std::string detail = {}, std::string context = {}) {
  return tl::make_unexpected(error{code, std::move(detail), std::move(context), {}});
}

inline tl::unexpected<error> fail(error failure) { return tl::make_unexpected(std::move(failure)); }

} // namespace trunkline::core

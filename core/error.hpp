#pragma once

#include "core/ec.hpp"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace trunkline::core {

/// One field of a request that is not valid: `pointer` is an RFC 6901 JSON pointer, for example "/forwardNumber".
struct field_error {
  std::string pointer;
  std::string code = "invalid_value";
  std::string detail;
};

/// A failure on its way to whoever asked. `detail` may be shown to the client; `context` is for the log alone.
struct error {
  ec code = ec::internal_error;
  std::string detail;
  std::string context;
  std::vector<field_error> fields;
};

template <class T>
using expected = tl::expected<T, error>;

/// `return fail(ec::not_found, "No such company.");`
inline tl::unexpected<error> fail(ec code, std::string detail = {}, std::string context = {}) {
  return tl::make_unexpected(error{code, std::move(detail), std::move(context), {}});
}

inline tl::unexpected<error> fail(error failure) { return tl::make_unexpected(std::move(failure)); }

} // namespace trunkline::core

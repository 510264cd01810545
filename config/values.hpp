#pragma once

#include "config/settings.hpp"

namespace trunkline::config {

/// Well-formed values of the table; nothing when `text` is none.
std::optional<endpoint> parse_endpoint(std::string_view text);
std::optional<bool> parse_boolean(std::string_view text);

/// Decimal digits alone (no sign, no unit), lowest..highest.
std::optional<int64_t> parse_integer(std::string_view text, int64_t lowest, int64_t highest);

/// A base URL as its parts. Without user, query, fragment or path (one slash at the end is dropped).
struct base_url {
  bool https = false;
  std::string host; ///< as written, brackets included
  std::string text; ///< normal form: lower-case scheme, no slash at the end
  bool is_loopback() const;
};
std::optional<base_url> parse_base_url(std::string_view text);

/// A URL without path and query.
std::string_view base_of(std::string_view url);

} // namespace trunkline::config

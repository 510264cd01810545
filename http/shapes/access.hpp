#pragma once

#include "core/api_key.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"

#include <string_view>

namespace trunkline::json {
class writer;
}

namespace trunkline::http::shapes {

/// What POST /api/admin/keys asks for; id and time are still empty.
core::expected<core::api_key> read_new_key(std::string_view text);
/// With the key itself, which is shown this once, if it is given.
void write_key(json::writer& out, const core::api_key& key, const core::secret* itself);

struct new_user {
  core::console_user user;
  core::secret password;
};
core::expected<new_user> read_new_user(std::string_view text);
void write_user(json::writer& out, const core::console_user& user);

struct sign_in {
  std::string user;
  core::secret password;
};
core::expected<sign_in> read_sign_in(std::string_view text);

} // namespace trunkline::http::shapes

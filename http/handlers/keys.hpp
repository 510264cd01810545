#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// POST /api/admin/keys {"role","companyId","label"} -- 201; `key` this once only.
std::function<void(const exchange_ptr&)> create_key(context& ctx);
/// GET /api/admin/keys -- a page, without the keys themselves.
std::function<void(const exchange_ptr&)> list_keys(context& ctx);
/// DELETE /api/admin/keys/{keyId} -- 204; here it opens nothing from now on, on other nodes within five seconds.
std::function<void(const exchange_ptr&)> delete_key(context& ctx);

/// POST /api/admin/master-key/rotate -- 200 {"version","companies"} once everything is sealed with another key, or what
/// an earlier rotation has left; 409 invalid_state says what is in the way.
std::function<void(const exchange_ptr&)> rotate_master_key(context& ctx);

/// POST /api/admin/users {"user","password","role","companyId"} -- 201; a user of this name is replaced.
std::function<void(const exchange_ptr&)> put_user(context& ctx);
/// GET /api/admin/users
std::function<void(const exchange_ptr&)> list_users(context& ctx);
/// DELETE /api/admin/users/{user} -- 204
std::function<void(const exchange_ptr&)> delete_user(context& ctx);

} // namespace trunkline::http::handlers

#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>

namespace trunkline::http::handlers {

/// POST /api/session {"user","password"} -- 200, a cookie and the token that writes must carry; 401, 429.
std::function<void(const exchange_ptr&)> create_session(context& ctx);
/// GET /api/session -- the same object, for a session.
std::function<void(const exchange_ptr&)> get_session();
/// DELETE /api/session -- 204
std::function<void(const exchange_ptr&)> delete_session(context& ctx);

} // namespace trunkline::http::handlers

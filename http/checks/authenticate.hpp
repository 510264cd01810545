#pragma once

#include "http/context.hpp"
#include "http/exchange.hpp"

#include <functional>
#include <string>

namespace trunkline::http::checks {

/// Finds out who asks: `Authorization: Bearer <key or JWT>` once, or the console's session cookie. `then` is called
/// with `request->who` set, perhaps later and on another thread; a refusal is answered here:
///   ec::unauthenticated    nothing, something wrong, or something revoked
///   ec::too_many_requests  this address, or whoever guesses at this key, has been wrong too often
void authenticate(context& ctx, const exchange_ptr& request, std::function<void()> then);

/// The console's session of this request; empty for none.
std::string session_token(const exchange& request);

/// What a session's writes must carry in X-CSRF-Token.
std::string csrf_token(std::string_view session_token);

inline constexpr std::string_view session_cookie = "trunkline_session";

} // namespace trunkline::http::checks

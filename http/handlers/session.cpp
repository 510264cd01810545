#include "http/handlers/session.hpp"

#include "core/token_hash.hpp"
#include "http/ask.hpp"
#include "http/checks/authenticate.hpp"
#include "http/checks/json_body.hpp"
#include "http/shapes/access.hpp"
#include "json/writer.hpp"

#include <fmt/format.h>

namespace trunkline::http::handlers {

namespace {

constexpr int64_t session_seconds = 12 * 3600;

std::string cookie(const context& ctx, std::string_view token, int64_t seconds) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", checks::session_cookie, token, seconds,
                     ctx.settings.secure_cookies ? "; Secure" : "");
}

void respond_session(exchange& request, std::string_view user, core::role role, const core::tenant_id& company,
                     std::string_view token, std::vector<std::pair<std::string, std::string>> headers = {}) {
  json::writer out;
  out.begin_object()
      .field("user", user)
      .field("role", core::to_string(role))
      .field("companyId", company.empty() ? std::nullopt : std::optional(company.value))
      .field("csrfToken", checks::csrf_token(token))
      .end_object();
  respond_json(request, 200, out.take(), std::move(headers));
}

/// 0, or how many seconds to wait: neither one address nor one user's password can be tried at will.
int take(context& ctx, const std::string& address, const std::string& user) {
  const auto now = ctx.clock.now();
  if (const int wait = ctx.guesses.take(address, now))
    return wait;
  return ctx.guesses.take(user, now);
}

} // namespace

std::function<void(const exchange_ptr&)> create_session(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    const auto given = shapes::read_sign_in(*body);
    if (!given)
      return respond_error(*request, given.error());
    const auto address = "address " + guesser(request->remote_address()), user = "user " + given->user;
    if (const int wait = take(ctx, address, user)) {
      core::error slow{core::ec::too_many_requests, "Too many wrong passwords. Wait before the next one.", "", {}};
      slow.retry_after_seconds = wait;
      return respond_error(*request, slow);
    }
    const core::secret token(core::new_token("ts_"));
    ctx.actors.ask(actors::sign_in{
        given->user,
        given->password,
        core::token_hash(token.reveal()),
        {ctx.clock.now().ms + session_seconds * 1000},
        reply_to<core::console_user>(request, [&ctx, address, user, token](exchange& asked, const auto& who) {
          ctx.guesses.give_back(address);
          ctx.guesses.give_back(user);
          respond_session(
              asked, who.name, who.role, who.company, token.reveal(),
              {{"Set-Cookie", cookie(ctx, token.reveal(), session_seconds)}, {"Cache-Control", "no-store"}});
        })});
  };
}

std::function<void(const exchange_ptr&)> get_session() {
  return [](const exchange_ptr& request) {
    const auto& who = request->who;
    if (who.kind != "session")
      return respond_error(*request, {core::ec::not_found, "This request has a key, not a session.", "", {}});
    respond_session(*request, who.id, who.role, who.company, checks::session_token(*request),
                    {{"Cache-Control", "no-store"}});
  };
}

std::function<void(const exchange_ptr&)> delete_session(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    if (request->who.kind != "session")
      return respond_error(*request, {core::ec::not_found, "This request has a key, not a session.", "", {}});
    const auto hash = core::token_hash(checks::session_token(*request));
    ctx.actors.ask(actors::sign_out{
        hash, reply_to_done(request, [&ctx, hash](exchange& asked) {
          ctx.keys.forget(hash);
          asked.respond({204, "", "", {{"Set-Cookie", cookie(ctx, "", 0)}, {"X-Request-Id", asked.id().value}}});
        })});
  };
}

} // namespace trunkline::http::handlers

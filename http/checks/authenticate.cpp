#include "http/checks/authenticate.hpp"

#include "core/token_hash.hpp"
#include "http/respond.hpp"

#include <algorithm>

namespace trunkline::http::checks {

namespace {

constexpr std::string_view scheme = "Bearer ";
constexpr size_t shortest = 16, longest = 4096; ///< of a key or token; what is outside can be none and is no guess
constexpr std::string_view platform_key = "key_platform"; ///< the one of the configuration, which is in no table
constexpr std::string_view anonymous = "Send Authorization: Bearer <key>.";

/// A request whose credential is being checked.
struct candidate {
  exchange_ptr request;
  std::string token, hash, address, key;
  bool session = false;
  std::function<void()> then;

  void admit(context& ctx, core::principal who) const {
    request->who = std::move(who);
    if (request->who.kind == "key" && ctx.keys.use_is_to_be_noted(hash, ctx.clock.now()) &&
        request->who.id != platform_key)
      ctx.actors.ask(actors::note_key_used{request->who.id, ctx.clock.now(), actors::reply<void>([](const auto&) {})});
    then();
  }

  void unauthenticated(std::string detail) const {
    respond_error(*request, {core::ec::unauthenticated, std::move(detail), "", {}});
  }
};

/// The part of a key that names it without opening anything, so that guesses at one key are counted together.
std::string name_of_key(std::string_view token) {
  constexpr size_t name_characters = 11;
  return "key " + std::string(token.substr(0, name_characters));
}

/// 0, or how many seconds to wait. Taken from both, so that neither one address nor one key can be tried at will.
int take(context& ctx, const candidate& c) {
  const auto now = ctx.clock.now();
  if (const int wait = ctx.guesses.take(c.address, now))
    return wait;
  const int wait = ctx.guesses.take(c.key, now);
  if (wait > 0)
    ctx.guesses.give_back(c.address);
  return wait;
}

void passed(context& ctx, const candidate& c, core::principal who,
            std::optional<core::timestamp> until = std::nullopt) {
  ctx.guesses.give_back(c.address);
  ctx.guesses.give_back(c.key);
  ctx.keys.put(c.hash, who, ctx.clock.now(), until);
  c.admit(ctx, std::move(who));
}

/// The database's answer: `found` became a principal, or it is not known.
void decided(context& ctx, const candidate& c, core::expected<core::principal> found) {
  if (found)
    return passed(ctx, c, std::move(*found));
  if (found.error().code == core::ec::unauthenticated) {
    ctx.keys.put_wrong(c.hash, ctx.clock.now());
    return c.unauthenticated(c.session ? "Sign in again." : "This key is not valid.");
  }
  ctx.guesses.give_back(c.address);
  ctx.guesses.give_back(c.key);
  if (auto known = ctx.keys.stale(c.hash, ctx.clock.now())) // the database can not be asked
    return c.admit(ctx, std::move(*known));
  respond_error(*c.request, found.error());
}

void ask_database(context& ctx, const candidate& c) {
  if (c.session)
    return ctx.actors.ask(
        actors::find_session{c.hash, actors::reply<core::console_user>([&ctx, c](core::expected<core::console_user> u) {
                               decided(ctx, c, u.map([](const auto& user) {
                                 return core::principal{"session", user.name, user.role, user.company};
                               }));
                             })});
  ctx.actors.ask(actors::find_key{
      c.hash, actors::reply<core::api_key>([&ctx, c](core::expected<core::api_key> k) {
        decided(ctx, c, k.map([](const auto& key) { return core::principal{"key", key.id, key.role, key.company}; }));
      })});
}

void check(context& ctx, candidate c) {
  const auto now = ctx.clock.now();
  if (auto who = ctx.keys.fresh(c.hash, now))
    return c.admit(ctx, std::move(*who));
  if (ctx.keys.wrong(c.hash, now))
    return c.unauthenticated("This key is not valid.");
  if (const int wait = take(ctx, c)) {
    core::error slow{core::ec::too_many_requests, "Too many wrong keys from here. Wait before the next one.", "", {}};
    slow.retry_after_seconds = wait;
    return respond_error(*c.request, slow);
  }
  if (!c.session && !ctx.settings.admin_key.empty() && ctx.settings.admin_key.equals(c.token))
    return passed(ctx, c, {"key", std::string(platform_key), core::role::platform_admin, {}});
  if (const auto tokens = ctx.settings.tokens(); !c.session && std::count(c.token.begin(), c.token.end(), '.') == 2) {
    if (auto verified = tokens->verify(c.token, now))
      return passed(ctx, c, verified->who, verified->expires);
    ctx.keys.put_wrong(c.hash, now);
    return c.unauthenticated("The token is not valid, or has expired.");
  }
  ask_database(ctx, std::move(c));
}

} // namespace

std::string session_token(const exchange& request) {
  auto cookies = request.header("Cookie");
  while (!cookies.empty()) {
    const auto end = std::min(cookies.find(';'), cookies.size());
    auto one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with(session_cookie) && one.substr(session_cookie.size()).starts_with('='))
      return std::string(one.substr(session_cookie.size() + 1));
  }
  return {};
}

std::string csrf_token(std::string_view session_token) {
  return core::token_hash("csrf:" + std::string(session_token));
}

void authenticate(context& ctx, const exchange_ptr& request, std::function<void()> then) {
  candidate c;
  c.request = request;
  c.then = std::move(then);
  c.address = "address " + guesser(request->remote_address());
  const auto headers = request->header_count("Authorization");
  const auto given = request->header("Authorization");
  if (headers == 0) {
    c.token = session_token(*request);
    c.session = true;
  } else if (headers == 1 && given.starts_with(scheme)) {
    c.token = given.substr(scheme.size());
  }
  if (c.token.size() < shortest || c.token.size() > longest)
    return c.unauthenticated(std::string(anonymous));
  c.hash = core::token_hash(c.token);
  c.key = name_of_key(c.token);
  check(ctx, std::move(c));
}

} // namespace trunkline::http::checks

#include "http/handlers/keys.hpp"

#include "core/token_hash.hpp"
#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/shapes/access.hpp"
#include "http/shapes/page.hpp"

namespace trunkline::http::handlers {

namespace {

constexpr size_t key_id_characters = 12;

} // namespace

std::function<void(const exchange_ptr&)> create_key(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    auto wanted = shapes::read_new_key(*body);
    if (!wanted)
      return respond_error(*request, wanted.error());
    auto& key = *wanted;
    key.id = core::new_id("key_", key_id_characters);
    key.created_at = ctx.clock.now();
    const core::secret secret(core::new_token("tk_"));
    ctx.actors.ask(
        actors::create_key{key, core::token_hash(secret.reveal()), request->author(),
                           reply_to_done(request, [key, secret](exchange& asked) {
                             json::writer out;
                             shapes::write_key(out, key, &secret);
                             respond_json(asked, 201, out.take(), {{"Location", "/api/admin/keys/" + key.id}});
                           })});
  };
}

std::function<void(const exchange_ptr&)> list_keys(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto wanted = shapes::read_page(*request);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ctx.actors.ask(actors::list_keys{
        wanted->page,
        reply_to<core::page<core::api_key>>(request, [scope = wanted->scope](exchange& asked, const auto& found) {
          respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& key) {
                         shapes::write_key(out, key, nullptr);
                         return std::pair(key.created_at, key.id);
                       }));
        })});
  };
}

std::function<void(const exchange_ptr&)> delete_key(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const std::string id(request->captures[0]);
    ctx.actors.ask(actors::delete_key{id, request->author(), reply_to_done(request, [&ctx, id](exchange& asked) {
                                        ctx.keys.forget_all_of("key", id);
                                        respond_nothing(asked);
                                      })});
  };
}

std::function<void(const exchange_ptr&)> rotate_master_key(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    ctx.actors.ask(actors::rotate_master_key{
        request->author(), reply_to<core::key_rotation>(request, [](exchange& asked, const auto& done) {
          json::writer out;
          out.begin_object()
              .field("version", int64_t{done.version})
              .field("companies", static_cast<int64_t>(done.companies))
              .end_object();
          respond_json(asked, 200, out.take());
        })});
  };
}

std::function<void(const exchange_ptr&)> put_user(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    auto wanted = shapes::read_new_user(*body);
    if (!wanted)
      return respond_error(*request, wanted.error());
    auto& user = wanted->user;
    user.created_at = ctx.clock.now();
    ctx.actors.ask(actors::put_user{
        user, wanted->password, request->author(), reply_to_done(request, [&ctx, user](exchange& asked) {
          ctx.keys.forget_all_of("session", user.name);
          json::writer out;
          shapes::write_user(out, user);
          respond_json(asked, 201, out.take(), {{"Location", "/api/admin/users/" + user.name}});
        })});
  };
}

std::function<void(const exchange_ptr&)> list_users(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto wanted = shapes::read_page(*request);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ctx.actors.ask(actors::list_users{
        wanted->page,
        reply_to<core::page<core::console_user>>(request, [scope = wanted->scope](exchange& asked, const auto& found) {
          respond_json(asked, 200, shapes::write_page(found, scope, [](json::writer& out, const auto& user) {
                         shapes::write_user(out, user);
                         return std::pair(user.created_at, user.name);
                       }));
        })});
  };
}

std::function<void(const exchange_ptr&)> delete_user(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const std::string name(request->captures[0]);
    ctx.actors.ask(actors::delete_user{name, request->author(), reply_to_done(request, [&ctx, name](exchange& asked) {
                                         ctx.keys.forget_all_of("session", name);
                                         respond_nothing(asked);
                                       })});
  };
}

} // namespace trunkline::http::handlers

#include "http/handlers/cluster.hpp"

#include "config/log.hpp"
#include "http/ask.hpp"
#include "http/checks/json_body.hpp"
#include "http/respond.hpp"
#include "http/shapes/cluster.hpp"
#include "http/shapes/page.hpp"
#include "json/reader.hpp"

namespace trunkline::http::handlers {

namespace {

core::expected<std::string> read_node_name(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  auto fields = body->fields();
  std::string name;
  if (const auto node = fields.require("node"))
    name = node->text(1, 32).value_or("");
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return name;
}

} // namespace

std::function<void(const exchange_ptr&)> get_cluster(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    ctx.actors.ask(
        actors::read_cluster{reply_to<core::cluster_status>(request, [](exchange& asked, const auto& status) {
          json::writer out;
          shapes::write_cluster(out, status);
          respond_json(asked, 200, out.take());
        })});
  };
}

/// There are always as many, so a page is cut out of all of them; its place is the number of the shard.
std::function<void(const exchange_ptr&)> list_shards(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto wanted = shapes::read_page(*request);
    if (!wanted)
      return respond_error(*request, wanted.error());
    ctx.actors.ask(actors::read_cluster{reply_to<core::cluster_status>(
        request, [wanted = *wanted](exchange& asked, const core::cluster_status& status) {
          core::page<core::shard_row> rows;
          for (const auto& row : status.view.shards)
            if (!wanted.page.after || row.shard > wanted.page.after->first.ms)
              rows.rows.push_back(row);
          rows.more = rows.rows.size() > wanted.page.limit;
          rows.rows.resize(std::min(rows.rows.size(), wanted.page.limit));
          respond_json(asked, 200,
                       shapes::write_page(rows, wanted.scope, [&](json::writer& out, const core::shard_row& row) {
                         shapes::write_shard(out, status, row);
                         return std::pair(core::timestamp{row.shard}, std::string("shard"));
                       }));
        })});
  };
}

std::function<void(const exchange_ptr&)> drain_node(context& ctx) {
  return [&ctx](const exchange_ptr& request) {
    const auto body = checks::json_body(*request);
    if (!body)
      return respond_error(*request, body.error());
    const auto name = read_node_name(*body);
    if (!name)
      return respond_error(*request, name.error());
    log::info(request->id(), "{} drains node {}", request->author().who.id, *name);
    ctx.actors.ask(actors::drain_node{*name, reply_to_done(request, [name = *name](exchange& asked) {
                                        json::writer out;
                                        out.begin_object().field("node", name).field("status", "draining").end_object();
                                        respond_json(asked, 202, out.take());
                                      })});
  };
}

} // namespace trunkline::http::handlers

#include "http/shapes/actors.hpp"

#include "json/writer.hpp"

namespace trunkline::http::shapes {

namespace {

void write_node(json::writer& out, const actors::actor_node& actor, const std::string& node) {
  out.begin_object();
  out.field("kind", actor.kind);
  out.field("id", actor.id);
  out.field("node", node);
  out.field("companyId", actor.company_id.empty() ? std::nullopt : std::optional(actor.company_id));
  out.field("state", actor.state);
  out.field("mailbox", static_cast<int64_t>(actor.mailbox));
  out.field("restarts", static_cast<int64_t>(actor.restarts));
  out.field("uptimeSeconds", actor.uptime_seconds);
  out.key("lastError");
  if (actor.last_error) {
    out.begin_object();
    out.field("code", actor.last_error->code);
    out.field("detail", actor.last_error->detail);
    out.field("at", core::to_rfc3339(actor.last_error->at));
    out.end_object();
  } else {
    out.null();
  }
  out.key("children").begin_array();
  for (const auto& child : actor.children)
    write_node(out, child, node);
  out.end_array();
  out.end_object();
}

} // namespace

void write_actors(json::writer& out, const actors::actor_tree& tree) {
  out.begin_object();
  out.key("counts").begin_object();
  for (const auto& [kind, states] : tree.counts) {
    out.key(kind).begin_object();
    for (const auto& [state, count] : states)
      out.field(state, static_cast<int64_t>(count));
    out.end_object();
  }
  out.end_object();
  out.field("truncated", tree.truncated);
  out.key("nodes").begin_array().begin_object();
  out.field("node", tree.node);
  out.field("error", std::optional<std::string>{});
  out.key("root");
  write_node(out, tree.root, tree.node);
  out.end_object().end_array().end_object();
}

} // namespace trunkline::http::shapes

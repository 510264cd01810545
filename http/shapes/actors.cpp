#include "http/shapes/actors.hpp"

#include "json/writer.hpp"

#include <map>

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

void write_actors(json::writer& out, const std::vector<actors::node_actors>& nodes) {
  std::map<std::string, std::map<std::string, size_t>> counts;
  bool truncated = false;
  for (const auto& node : nodes) {
    truncated = truncated || node.tree.truncated;
    for (const auto& [kind, states] : node.tree.counts)
      for (const auto& [state, count] : states)
        counts[kind][state] += count;
  }
  out.begin_object();
  out.key("counts").begin_object();
  for (const auto& [kind, states] : counts) {
    out.key(kind).begin_object();
    for (const auto& [state, count] : states)
      out.field(state, static_cast<int64_t>(count));
    out.end_object();
  }
  out.end_object();
  out.field("truncated", truncated);
  out.key("nodes").begin_array();
  for (const auto& node : nodes) {
    out.begin_object().field("node", node.node);
    out.field("error", node.error.empty() ? std::nullopt : std::optional(node.error));
    out.key("root");
    node.error.empty() ? write_node(out, node.tree.root, node.node) : (void)out.null();
    out.end_object();
  }
  out.end_array().end_object();
}

} // namespace trunkline::http::shapes

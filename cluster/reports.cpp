#include "cluster/reports.hpp"

#include "cluster/bytes.hpp"

#include <limits>

namespace trunkline::cluster {

namespace {

constexpr int64_t most_rows = 100'000;
constexpr int deepest = 8;

void write_node(byte_writer& out, const actors::actor_node& node) {
  out.text(node.kind).text(node.id).text(node.company_id).text(node.state);
  out.number(static_cast<int64_t>(node.mailbox))
      .number(static_cast<int64_t>(node.restarts))
      .number(node.uptime_seconds);
  out.number(node.last_error ? 1 : 0);
  if (node.last_error)
    out.text(node.last_error->code).text(node.last_error->detail).number(node.last_error->at.ms);
  out.number(static_cast<int64_t>(node.children.size()));
  for (const auto& child : node.children)
    write_node(out, child);
}

actors::actor_node read_node(byte_reader& in, int depth) {
  actors::actor_node node;
  node.kind = in.text(), node.id = in.text(), node.company_id = in.text(), node.state = in.text();
  node.mailbox = static_cast<size_t>(in.number_to(std::numeric_limits<int64_t>::max()));
  node.restarts = static_cast<uint64_t>(in.number_to(std::numeric_limits<int64_t>::max()));
  node.uptime_seconds = in.number();
  if (in.number_to(1) == 1) {
    node.last_error.emplace();
    node.last_error->code = in.text(), node.last_error->detail = in.text(), node.last_error->at.ms = in.number();
  }
  const auto children = in.number_to(depth < deepest ? most_rows : 0);
  for (int64_t i = 0; i < children && in.is_whole(); ++i)
    node.children.push_back(read_node(in, depth + 1));
  return node;
}

} // namespace

std::string encode_links(const std::vector<core::link_row>& links) {
  byte_writer out;
  out.number(static_cast<int64_t>(links.size()));
  for (const auto& link : links)
    out.text(link.from)
        .text(link.to)
        .text(link.state)
        .number(link.rtt_us)
        .number(link.in_flight)
        .number(static_cast<int64_t>(link.bytes));
  return out.take();
}

core::expected<std::vector<core::link_row>> decode_links(std::string_view bytes) {
  byte_reader in(bytes);
  std::vector<core::link_row> links;
  const auto count = in.number_to(most_rows);
  for (int64_t i = 0; i < count && in.is_whole(); ++i) {
    auto& link = links.emplace_back();
    link.from = in.text(), link.to = in.text(), link.state = in.text(), link.rtt_us = in.number();
    link.in_flight = static_cast<uint32_t>(in.number_to(std::numeric_limits<uint32_t>::max()));
    link.bytes = static_cast<uint64_t>(in.number_to(std::numeric_limits<int64_t>::max()));
  }
  if (!in.was_whole())
    return not_whole();
  return links;
}

std::string encode_filter(const actors::actor_filter& filter) {
  byte_writer out;
  return out.text(filter.kind).text(filter.company_id).text(filter.state).take();
}

core::expected<actors::actor_filter> decode_filter(std::string_view bytes) {
  byte_reader in(bytes);
  actors::actor_filter filter;
  filter.kind = in.text(), filter.company_id = in.text(), filter.state = in.text();
  if (!in.was_whole())
    return not_whole();
  return filter;
}

std::string encode_release(const core::tenant_id& company, const core::author& by) {
  byte_writer out;
  out.text(company.value).text(by.who.kind).text(by.who.id).number(static_cast<int64_t>(by.who.role));
  return out.text(by.who.company.value).text(by.request.value).take();
}

core::expected<std::pair<core::tenant_id, core::author>> decode_release(std::string_view bytes) {
  byte_reader in(bytes);
  core::tenant_id company(in.text());
  core::author by;
  by.who.kind = in.text(), by.who.id = in.text();
  by.who.role = static_cast<core::role>(in.number_to(static_cast<int64_t>(core::role::platform_admin)));
  by.who.company.value = in.text(), by.request.value = in.text();
  if (!in.was_whole())
    return not_whole();
  return std::pair(std::move(company), std::move(by));
}

std::string encode_tree(const actors::actor_tree& tree) {
  byte_writer out;
  out.text(tree.node).number(tree.truncated ? 1 : 0).number(static_cast<int64_t>(tree.counts.size()));
  for (const auto& [kind, states] : tree.counts) {
    out.text(kind).number(static_cast<int64_t>(states.size()));
    for (const auto& [state, count] : states)
      out.text(state).number(static_cast<int64_t>(count));
  }
  write_node(out, tree.root);
  return out.take();
}

core::expected<actors::actor_tree> decode_tree(std::string_view bytes) {
  byte_reader in(bytes);
  actors::actor_tree tree;
  tree.node = in.text();
  tree.truncated = in.number_to(1) == 1;
  const auto kinds = in.number_to(most_rows);
  for (int64_t i = 0; i < kinds && in.is_whole(); ++i) {
    auto& states = tree.counts[in.text()];
    const auto count = in.number_to(most_rows);
    for (int64_t j = 0; j < count && in.is_whole(); ++j) {
      auto state = in.text();
      states[std::move(state)] = static_cast<size_t>(in.number_to(std::numeric_limits<int64_t>::max()));
    }
  }
  tree.root = read_node(in, 0);
  if (!in.was_whole())
    return not_whole();
  return tree;
}

} // namespace trunkline::cluster

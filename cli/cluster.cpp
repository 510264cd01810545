#include "cli/administration.hpp"
#include "json/writer.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace trunkline::cli {

namespace {

struct cluster_options {
  bool json = false, wait = false;
  std::string node;
};

/// A node of our own would only know itself.
core::expected<std::unique_ptr<admin>> open_node(const config::settings& settings) {
  auto api = admin::open(settings);
  if (api && !(*api)->through_a_node())
    return core::fail(core::ec::not_ready, fmt::format("No node answers at {}. Start one, or ask another node with "
                                                       "TRUNKLINE_API_LISTEN=ADDRESS:PORT.",
                                                       config::to_string(settings.api_listen)));
  return api;
}

core::expected<rapidjson::Document> read_cluster(admin& api, std::string* text = nullptr) {
  auto said = api.ask("GET", "/api/admin/cluster");
  if (!said)
    return core::fail(said.error());
  if (text)
    *text = *said;
  return parse(*said);
}

void print_cluster(const rapidjson::Document& cluster) {
  std::vector<std::vector<std::string>> nodes, links;
  for (const auto& node : cluster["nodes"].GetArray()) {
    auto& row = nodes.emplace_back();
    for (const auto* member : {"name", "status", "incarnation", "address", "version", "weight", "leaseRemainingMs",
                               "shardsOwned", "companiesActive", "degraded"})
      row.push_back(shown(node, member));
  }
  print_table(
      {"node", "status", "incarnation", "address", "version", "weight", "lease ms", "shards", "companies", "degraded"},
      nodes);
  const auto& shards = cluster["shards"];
  std::printf("\n%s shards: %s owned, %s without an owner, %s moving\n", shown(shards, "total").c_str(),
              shown(shards, "owned").c_str(), shown(shards, "unowned").c_str(), shown(shards, "moving").c_str());
  for (const auto& link : cluster["links"].GetArray())
    links.push_back({shown(link, "from"), shown(link, "to"), shown(link, "state"), shown(link, "rttMs")});
  if (links.empty())
    return;
  std::printf("\n");
  print_table({"from", "to", "link", "rtt ms"}, links);
}

core::expected<void> status(admin& api, const cluster_options& options) {
  std::string text;
  const auto cluster = read_cluster(api, &text);
  if (!cluster)
    return core::fail(cluster.error());
  if (options.json)
    std::printf("%s\n", text.c_str());
  else
    print_cluster(*cluster);
  return {};
}

/// Until the node has left: its status, and how many shards it still has.
core::expected<void> watch_leaving(admin& api, const std::string& node) {
  using namespace std::chrono_literals;
  const auto give_up = std::chrono::steady_clock::now() + 30s;
  while (std::chrono::steady_clock::now() < give_up) {
    const auto cluster = read_cluster(api);
    if (!cluster)
      return core::fail(cluster.error());
    for (const auto& one : (*cluster)["nodes"].GetArray())
      if (node == one["name"].GetString()) {
        const std::string now = one["status"].GetString();
        std::fprintf(stderr, "\r%s is %s, %s shards left   ", node.c_str(), now.c_str(),
                     shown(one, "shardsOwned").c_str());
        if (now == "left" || now == "dead")
          return std::fputc('\n', stderr), core::expected<void>();
      }
    std::this_thread::sleep_for(200ms);
  }
  std::fputc('\n', stderr);
  return core::fail(core::ec::not_ready, node + " has not left within 30 s. Look at its log.");
}

core::expected<void> drain(admin& api, const cluster_options& options) {
  json::writer body;
  body.begin_object().field("node", options.node).end_object();
  const auto heard = api.ask("POST", "/api/admin/cluster/drain", body.take());
  if (!heard)
    return core::fail(heard.error());
  if (options.wait)
    return watch_leaving(api, options.node);
  print_object(*heard, options.json);
  return {};
}

} // namespace

void add_cluster(CLI::App& app, command& chosen) {
  command_group<cluster_options> cluster(app, chosen, "cluster", "The nodes, and who has which companies", open_node);
  auto& options = *cluster.options;
  cluster.add("status", "Nodes with their leases, shards and links", status);
  auto* drained = cluster.add("drain", "A node hands over its companies and ends", drain);
  drained->add_option("node", options.node, "Its name")->required();
  drained->add_flag("--wait", options.wait, "Until it has left; of another node than the one that is asked");
}

} // namespace trunkline::cli

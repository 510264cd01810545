#pragma once

#include "actors/actor_tree.hpp"
#include "core/cluster_status.hpp"
#include "core/error.hpp"
#include "core/principal.hpp"
#include "health/report.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trunkline::cluster {

// What nodes tell each other about themselves, as bytes; ec::malformed_webhook for what is not whole.

std::string encode_links(const std::vector<core::link_row>& links);
core::expected<std::vector<core::link_row>> decode_links(std::string_view bytes);

std::string encode_filter(const actors::actor_filter& filter);
core::expected<actors::actor_filter> decode_filter(std::string_view bytes);

/// Whose quarantine ends, and who wants it.
std::string encode_release(const core::tenant_id& company, const core::author& by);
core::expected<std::pair<core::tenant_id, core::author>> decode_release(std::string_view bytes);

/// What a node is asked of health; `run`: it checks now.
struct health_question {
  core::tenant_id company; ///< empty: of all that are there
  bool run = false;
};
std::string encode_health_question(const health_question& question);
core::expected<health_question> decode_health_question(std::string_view bytes);
std::string encode_report(const health::report& report);
core::expected<health::report> decode_report(std::string_view bytes);
/// What one node found of everything, with what the others found of their companies.
health::report merge_reports(const health::report& own, const std::vector<health::report>& others,
                             std::vector<health::dependency> peers);

std::string encode_tree(const actors::actor_tree& tree);
core::expected<actors::actor_tree> decode_tree(std::string_view bytes);

} // namespace trunkline::cluster

#pragma once

#include "cli/api_client.hpp"
#include "cluster/node.hpp"
#include "config/settings.hpp"
#include "core/clock.hpp"

#include <rapidjson/document.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::cli {

/// The node that works with these settings, if one answers at api_listen.
struct running_node {
  std::string url;
  std::vector<std::string> not_ready_because; ///< empty: it is ready
};
/// None if nobody listens there. An error if somebody does who is not a node, or who does not answer.
core::expected<std::optional<running_node>> find_node(const config::settings& settings);

/// The API, for commands: of the node that runs, so that it knows at once what is changed; without one, of a node of
/// our own that takes no webhooks and lives as long as this. So both ways have the same rules and give the same
/// answers.
class admin {
public:
  static core::expected<std::unique_ptr<admin>> open(const config::settings& settings);

  bool through_a_node() const { return own_ == nullptr; }

  /// The body of a 2xx; an error's detail is what the API said, and what to do.
  core::expected<std::string> ask(const std::string& method, const std::string& path, const std::string& body = {});

  /// Everything of a listing, as one page: {"data":[...],"nextCursor":null}.
  core::expected<rapidjson::Document> list(const std::string& path);

private:
  admin(std::string url, core::secret key) : api_(std::move(url), std::move(key)) {}

  core::system_clock clock_;
  std::unique_ptr<cluster::node> own_;
  api_client api_;
};

// -- what commands print ----------------------------------------------------------------------------------------------

core::expected<rapidjson::Document> parse(const std::string& json);
std::string text_of(const rapidjson::Value& json);
/// A member as text to read: null is "-", an object or array is JSON. Without control characters, which a terminal
/// would obey.
std::string shown(const rapidjson::Value& object, const char* member);

/// Columns as wide as they must be.
void print_table(const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows);
/// A table of the members of each of data[], or the JSON itself.
void print_listing(const rapidjson::Document& page, bool as_json, const std::vector<const char*>& members);
/// One line a member, or the JSON itself.
void print_object(const std::string& json, bool as_json);

/// Says the error, if it is one, and returns the exit status.
int exit_status(const core::expected<void>& done);

/// For a path: everything but letters, digits and -_.~ as %XX.
std::string escaped(std::string_view text);

} // namespace trunkline::cli

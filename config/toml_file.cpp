#include "config/sources.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace trunkline::config {

namespace {

class reader {
public:
  reader(const std::string& name, findings& found) : name_(name), found_(found) {}

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const auto full = prefix + std::string(key.str());
      const auto place = fmt::format("{}:{}", name_, key.source().begin.line);
      const auto rows = setting_table();
      const auto row = std::find_if(rows.begin(), rows.end(), [&](const setting& s) { return s.key == full; });
      if (row != rows.end())
        take(*row, node, place);
      else if (is_group(full) && node.is_table())
        read(*node.as_table(), full + "."); // groups are one level deep, and so is this recursion
      else
        found_.problem(place, full,
                       is_group(full) ? "must be a table" : "there is no such setting" + suggestion_for(full));
    }
  }

private:
  static bool is_group(const std::string& key) {
    const auto rows = setting_table();
    return std::any_of(rows.begin(), rows.end(), [&](const setting& s) { return s.key.starts_with(key + "."); });
  }

  static std::string suggestion_for(const std::string& key) {
    std::vector<std::string_view> known;
    for (const auto& s : setting_table())
      known.push_back(s.key);
    return suggestion(key, known);
  }

  void take(const setting& row, const toml::node& node, const std::string& place) {
    const auto refuse = [&](std::string_view wanted) { found_.problem(place, row.key, wanted); };
    switch (row.kind) {
    case value_kind::text:
    case value_kind::secret:
      return node.is_string() ? add(row, **node.as_string(), place) : refuse("must be a string in quotes");
    case value_kind::integer:
      return node.is_integer() ? add(row, std::to_string(**node.as_integer()), place)
                               : refuse("must be a whole number, without quotes or unit");
    case value_kind::boolean:
      return node.is_boolean() ? add(row, **node.as_boolean() ? "true" : "false", place)
                               : refuse("must be true or false");
    }
  }

  void add(const setting& row, std::string value, const std::string& place) {
    found_.values.push_back({&row, std::move(value), row.key, place});
  }

  const std::string& name_;
  findings& found_;
};

} // namespace

void read_toml(std::string_view text, const std::string& name, findings& found) {
  try {
    reader(name, found).read(toml::parse(text), "");
  } catch (const toml::parse_error& problem) {
    found.problem(fmt::format("{}:{}", name, problem.source().begin.line), "", "is not valid TOML here");
  }
}

} // namespace trunkline::config

#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <map>
#include <vector>

namespace trunkline::config {

constexpr size_t max_file_size = 1024 * 1024; ///< more is no configuration

/// A value that one of the sources gave.
struct given_value {
  const setting* row = nullptr;
  std::string value;
  std::string_view name; ///< as that source calls it: key or variable
  std::string place;     ///< "trunkline.toml:3", ".env:2", "environment"
};

/// What reading the sources has come to. A problem is one sentence that names place and key, never a secret's value.
struct findings {
  std::vector<given_value> values; ///< in the order of reading: the later one wins
  std::vector<std::string> problems, warnings;

  void problem(std::string_view place, std::string_view key, std::string_view what);
};

using variables = std::map<std::string, std::string>;

/// Nothing when there is no such file; too large, unreadable or not UTF-8 without NUL is a problem. A UTF-8 byte order
/// mark in front is dropped.
std::optional<std::string> read_file(const std::filesystem::path& file, findings& found);

void read_toml(std::string_view text, const std::string& name, findings& found);

/// Lines of NAME=VALUE, `#` comments, an optional `export`, values bare or in one pair of quotes. Names that are not
/// ours (neither TRUNKLINE_* nor in the table) are left to others.
void read_dotenv(std::string_view text, const std::string& name, findings& found);

void read_environment(const variables& environment, findings& found);

/// A variable of any source: known ones become values, unknown TRUNKLINE_* problems.
void take_variable(const std::string& name, std::string_view value, const std::string& place, findings& found);

/// "; did you mean TRUNKLINE_LISTEN?" when one of `known` is at most two letters away, else "".
std::string suggestion(std::string_view wrong, const std::vector<std::string_view>& known);

} // namespace trunkline::config

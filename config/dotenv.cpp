#include "config/sources.hpp"

#include <algorithm>
#include <set>

namespace trunkline::config {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// A value in quotes ends at the closing one; a bare one at a `#` that follows a blank. Nothing when a quote stays open
/// or something follows it.
std::optional<std::string_view> unquoted(std::string_view value) {
  if (value.empty() || (value[0] != '"' && value[0] != '\'')) {
    for (size_t i = 0; i < value.size(); ++i)
      if (value[i] == '#' && (i == 0 || value[i - 1] == ' ' || value[i - 1] == '\t'))
        return trimmed(value.substr(0, i));
    return value;
  }
  const auto end = value.find(value[0], 1);
  if (end == std::string_view::npos)
    return std::nullopt;
  const auto rest = trimmed(value.substr(end + 1));
  return rest.empty() || rest[0] == '#' ? std::optional(value.substr(1, end - 1)) : std::nullopt;
}

} // namespace

void read_dotenv(std::string_view text, const std::string& name, findings& found) {
  std::set<std::string, std::less<>> seen;
  for (size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto place = fmt::format("{}:{}", name, number);
    if (line.starts_with("export "))
      line = trimmed(line.substr(7));
    if (line.empty() || line[0] == '#')
      continue;
    const auto equals = line.find('=');
    const auto key = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(key)) { // not shown: it may be the second half of a secret
      found.problem(place, "", "is not a line of the form NAME=VALUE");
      continue;
    }
    const auto value = unquoted(trimmed(line.substr(equals + 1)));
    if (!value)
      found.problem(place, key, "the quotes do not match");
    else if (!seen.insert(std::string(key)).second)
      found.problem(place, key, "is given twice");
    else
      take_variable(std::string(key), *value, place, found);
  }
}

} // namespace trunkline::config

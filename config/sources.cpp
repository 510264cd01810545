#include "config/sources.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace trunkline::config {

namespace {

/// Number of letters to add, drop or replace to get from one to the other.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// The 1-based line of the first byte that is NUL or no UTF-8; 0 when all is well.
size_t first_bad_line(std::string_view text) {
  for (size_t line = 1;; ++line) {
    const auto end = text.find('\n');
    if (!core::is_clean_utf8(text.substr(0, end)))
      return line;
    if (end == std::string_view::npos)
      return 0;
    text.remove_prefix(end + 1);
  }
}

/// Names come from outside and end in a message: printable ASCII, not too long.
std::string shown(std::string_view name) {
  std::string out(name.substr(0, 80));
  for (auto& c : out)
    if (c < 0x20 || c >= 0x7F)
      c = '?';
  return out;
}

} // namespace

void findings::problem(std::string_view place, std::string_view key, std::string_view what) {
  problems.push_back(fmt::format("{}: {}{}{}", place, shown(key), key.empty() ? "" : ": ", what));
}

std::optional<std::string> read_file(const std::filesystem::path& file, findings& found) {
  const auto name = file.filename().string();
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (status.type() == std::filesystem::file_type::not_found)
    return std::nullopt;
  if (problem || status.type() != std::filesystem::file_type::regular)
    return found.problem(file.string(), "", "is not a readable file"), std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::string text(max_file_size + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof()))
    return found.problem(file.string(), "", fmt::format("can not be read: {}", std::generic_category().message(errno))),
           std::nullopt;
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > max_file_size)
    return found.problem(name, "", "is larger than 1 MiB"), std::nullopt;
  if (text.starts_with("\xEF\xBB\xBF"))
    text.erase(0, 3);
  if (const size_t line = first_bad_line(text))
    return found.problem(fmt::format("{}:{}", name, line), "", "holds NUL or bytes that are not UTF-8"), std::nullopt;
  return text;
}

void take_variable(const std::string& name, std::string_view value, const std::string& place, findings& found) {
  if (name == "TWILIO_PHONE_NUMBER") {
    found.warnings.emplace_back(
        "TWILIO_PHONE_NUMBER is ignored: numbers belong to companies, there is no platform number.");
    return;
  }
  const auto rows = setting_table();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const setting& s) { return s.variable == name; });
  if (row != rows.end()) {
    found.values.push_back({&*row, std::string(value), row->variable, place});
  } else if (name.starts_with("TRUNKLINE_")) {
    std::vector<std::string_view> known;
    for (const auto& s : rows)
      known.push_back(s.variable);
    found.problem(place, name, "there is no such setting" + suggestion(name, known));
  }
}

void read_environment(const variables& environment, findings& found) {
  for (const auto& [name, value] : environment) {
    if (!core::is_clean_utf8(value) && name.starts_with("TRUNKLINE_"))
      found.problem("environment", name, "holds bytes that are not UTF-8");
    else
      take_variable(name, value, "environment", found);
  }
}

std::string suggestion(std::string_view wrong, const std::vector<std::string_view>& known) {
  if (wrong.size() > 80)
    return {};
  std::string_view best;
  size_t least = 3;
  for (const auto name : known)
    if (const size_t d = distance(wrong, name); d < least)
      least = d, best = name;
  return best.empty() ? std::string() : fmt::format("; did you mean {}?", best);
}

} // namespace trunkline::config

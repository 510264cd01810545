#include "cli/admin.hpp"

#include "config/admin_key.hpp"
#include "core/token_hash.hpp"
#include "core/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace trunkline::cli {

namespace {

/// Where to reach a listener that may have been bound to every address.
std::string url_of(config::endpoint where) {
  if (where.host == "0.0.0.0")
    where.host = "127.0.0.1";
  if (where.host == "::")
    where.host = "::1";
  return "http://" + config::to_string(where);
}

/// What the API says of a request that it refused, and what is not in that sentence.
core::error refused(const http_answer& answer, const std::string& url) {
  const auto said = parse(answer.body);
  if (!said || !said->HasMember("code"))
    return {core::ec::internal_error, fmt::format("{} answers {} and no reason.", url, answer.status), "", {}};
  if (answer.status == 401)
    return {core::ec::unauthenticated,
            fmt::format("The node at {} does not know this admin key. Use the one it was started with: "
                        "TRUNKLINE_ADMIN_KEY, or admin.key in its data folder.",
                        url),
            "",
            {}};
  auto text = shown(*said, "detail");
  if (text.empty() || text == "-")
    text = shown(*said, "title");
  if (said->HasMember("errors") && (*said)["errors"].IsArray() && (*said)["errors"].Size() > 1)
    for (const auto& each : (*said)["errors"].GetArray())
      text += fmt::format("\n  {}: {}", shown(each, "pointer"), shown(each, "detail"));
  for (const char* list : {"numbers", "campaigns"})
    if (said->HasMember(list) && (*said)[list].IsArray() && !(*said)[list].Empty())
      text += fmt::format("\n  {}: {}", list, shown(*said, list));
  const auto code = answer.status == 503 ? core::ec::overloaded : core::ec::invalid_request;
  return {code, text, shown(*said, "code"), {}};
}

core::expected<core::secret> key_of_running_node(const config::settings& settings, const std::string& url) {
  const auto file = config::admin_key_file(settings);
  if (settings.admin_key.empty() && !std::filesystem::exists(file))
    return core::fail(core::ec::unauthenticated,
                      fmt::format("A node runs at {}, but its admin key is not here: set TRUNKLINE_ADMIN_KEY, or "
                                  "TRUNKLINE_DATA_DIR to the folder with its admin.key (not {}).",
                                  url, settings.data_dir));
  return config::admin_key(settings);
}

} // namespace

core::expected<std::optional<running_node>> find_node(const config::settings& settings) {
  if (settings.api_listen.port == 0) // nobody can know which it got
    return std::nullopt;
  running_node found{url_of(settings.api_listen), {}};
  const auto answer = api_client(found.url, {}).ask("GET", "/readyz", "", std::chrono::seconds(5));
  if (!answer && answer.error().code == core::ec::not_ready)
    return std::nullopt;
  if (!answer)
    return core::fail(core::ec::overloaded,
                      fmt::format("Something listens at {} and does not answer. If it is a node, look into its log; if "
                                  "not, set TRUNKLINE_API_LISTEN.",
                                  found.url));
  const auto said = parse(answer->body);
  if (!said || !said->HasMember("status"))
    return core::fail(core::ec::invalid_configuration,
                      fmt::format("What answers at {} is not Trunkline. Set TRUNKLINE_API_LISTEN.", found.url));
  if (said->HasMember("reasons"))
    for (const auto& reason : (*said)["reasons"].GetArray())
      found.not_ready_because.push_back(text_of(reason));
  return found;
}

core::expected<std::unique_ptr<admin>> admin::open(const config::settings& settings) {
  const auto found = find_node(settings);
  if (!found)
    return core::fail(found.error());
  if (*found) {
    auto key = key_of_running_node(settings, (*found)->url);
    if (!key)
      return core::fail(std::move(key.error()));
    return std::unique_ptr<admin>(new admin((*found)->url, std::move(*key)));
  }
  log::set_up(std::max(settings.log_level, log::level::warn), settings.log_format); // it is not what was asked for
  auto mine = settings;
  mine.api_listen = {"127.0.0.1", 0};
  core::secret key(core::new_token("tk_"));
  std::unique_ptr<admin> made(new admin("", key));
  auto started = cluster::node::start(mine, key, made->clock_, cluster::node::doors::api);
  if (!started)
    return core::fail(std::move(started.error()));
  made->own_ = std::move(*started);
  made->api_ = api_client(made->own_->api_url(), std::move(key));
  return made;
}

core::expected<std::string> admin::ask(const std::string& method, const std::string& path, const std::string& body) {
  auto answer = api_.ask(method, path, body);
  if (!answer)
    return core::fail(std::move(answer.error()));
  if (answer->status < 200 || answer->status > 299)
    return core::fail(refused(*answer, api_.base_url()));
  return std::move(answer->body);
}

core::expected<rapidjson::Document> admin::list(const std::string& path) {
  rapidjson::Document all;
  const std::string mark = path.find('?') == std::string::npos ? "?" : "&";
  for (std::string cursor;;) {
    const auto text = ask("GET", fmt::format("{}{}limit=200{}", path, mark, cursor));
    if (!text)
      return core::fail(text.error());
    auto page = parse(*text);
    if (!page)
      return core::fail(page.error());
    const auto& next = (*page)["nextCursor"];
    cursor = next.IsString() ? "&cursor=" + escaped(text_of(next)) : "";
    if (!all.IsObject()) {
      all = std::move(*page);
    } else {
      for (const auto& row : (*page)["data"].GetArray())
        all["data"].PushBack(rapidjson::Value(row, all.GetAllocator()), all.GetAllocator());
    }
    if (cursor.empty())
      break;
  }
  all["nextCursor"].SetNull();
  return all;
}

// -- what commands print ----------------------------------------------------------------------------------------------

core::expected<rapidjson::Document> parse(const std::string& json) {
  rapidjson::Document read;
  read.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (read.HasParseError() || !read.IsObject())
    return core::fail(core::ec::internal_error, "The answer is not a JSON object.");
  return read;
}

std::string text_of(const rapidjson::Value& json) {
  if (json.IsString())
    return {json.GetString(), json.GetStringLength()};
  rapidjson::StringBuffer out;
  rapidjson::Writer writer(out);
  json.Accept(writer);
  return out.GetString();
}

std::string shown(const rapidjson::Value& object, const char* member) {
  if (!object.IsObject() || !object.HasMember(member) || object[member].IsNull())
    return "-";
  auto text = text_of(object[member]);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = '?';
  return text;
}

namespace {

size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

void print_table(const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < heads.size(); ++i) {
    widths.push_back(width_of(heads[i]));
    for (const auto& row : rows)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size())
        line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    std::puts(line.c_str());
  };
  print(heads);
  for (const auto& row : rows)
    print(row);
}

void print_listing(const rapidjson::Document& page, bool as_json, const std::vector<const char*>& members) {
  if (as_json) {
    std::puts(text_of(page).c_str());
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& each : page["data"].GetArray()) {
    auto& row = rows.emplace_back();
    for (const char* member : members)
      row.push_back(shown(each, member));
  }
  print_table({members.begin(), members.end()}, rows);
}

void print_object(const std::string& json, bool as_json) {
  const auto object = parse(json);
  if (as_json || !object) {
    std::puts(json.c_str());
    return;
  }
  for (const auto& member : object->GetObject())
    std::printf("%-16s %s\n", member.name.GetString(), shown(*object, member.name.GetString()).c_str());
}

int exit_status(const core::expected<void>& done) {
  if (done)
    return 0;
  std::fprintf(stderr, "trunkline: %s\n", done.error().detail.c_str());
  return 1;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

} // namespace trunkline::cli

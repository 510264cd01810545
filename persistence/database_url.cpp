#include "persistence/database_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <libpq-fe.h>
#include <memory>
#include <string_view>
#include <utility>

namespace trunkline::persistence {

namespace {

constexpr std::string_view usage = "Use sqlite:PATH or postgresql://USER:PASSWORD@HOST:PORT/DATABASE.";

core::expected<database_address> sqlite_address(std::string path) {
  if (path.empty() || path.find(":memory:") != std::string::npos || path.find('"') != std::string::npos)
    return core::fail(core::ec::database_unavailable,
                      "The database URL sqlite:PATH needs the path of a file, without quotes.");
  database_address address;
  address.path = std::move(path);
  return address;
}

/// Percent-encoded as far as it can be, so that nobody on the way finds a space or a delimiter.
std::string encoded(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// A host that is gone, or a NAT that has forgotten the connection, says nothing; the kernel's own patience is hours.
/// Two seconds leave time to connect anew within the deadline of the statement that found out. What the URL says goes.
std::string keeping_alive(const PQconninfoOption* given) {
  constexpr std::array<std::pair<std::string_view, int>, 4> wanted = {
      {{"keepalives_idle", 10}, {"keepalives_interval", 2}, {"keepalives_count", 3}, {"tcp_user_timeout", 2000}}};
  std::string text;
  for (const auto& [key, value] : wanted) {
    const auto* option = given;
    while (option->keyword != nullptr && (option->keyword != key || option->val == nullptr))
      ++option;
    if (option->keyword == nullptr)
      text += fmt::format("&{}={}", key, value);
  }
  return text;
}

core::expected<database_address> postgresql_address(const std::string& url, std::chrono::milliseconds connect_timeout) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &complaint),
                                                                             &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned(complaint, &PQfreemem);
  if (!options) // libpq's complaint quotes the URL, so it is not passed on
    return core::fail(core::ec::database_unavailable,
                      fmt::format("The PostgreSQL URL of the database cannot be read. {}", usage));

  database_address address;
  address.kind = dialect::postgresql;
  // SOCI takes the text apart at spaces and the first '=' of each part before libpq sees it. A URL of this form comes
  // through that unharmed, whatever is in the password.
  const auto seconds = std::max<int64_t>(2, (connect_timeout.count() + 999) / 1000); // libpq knows no less than 2
  std::string text =
      fmt::format("postgresql:///?client_encoding=UTF8&fallback_application_name=trunkline&connect_timeout={}{}",
                  seconds, keeping_alive(options.get()));
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view key = option->keyword;
    if (option->val == nullptr || key == "client_encoding" || key == "connect_timeout" ||
        key == "fallback_application_name")
      continue;
    if (key == "password")
      address.password = core::secret(option->val);
    text += fmt::format("&{}={}", key, encoded(option->val));
  }
  address.connect_text = core::secret(std::move(text));
  return address;
}

} // namespace

core::expected<database_address> parse_database_url(const std::string& url, std::chrono::milliseconds connect_timeout) {
  const std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite))
    return sqlite_address(url.substr(sqlite.size()));
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return postgresql_address(url, connect_timeout);
  return core::fail(core::ec::database_unavailable, fmt::format("The database URL is of no known kind. {}", usage));
}

} // namespace trunkline::persistence

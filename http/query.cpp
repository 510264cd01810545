#include "http/query.hpp"

#include "core/phone_number.hpp"
#include "core/utf8.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <xxhash.h>

namespace trunkline::http {

namespace {

constexpr int base64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr char separator = '.';

/// Not a secret: it only tells a cursor of another list, or one made up, from ours.
std::string tag(std::string_view scope, std::string_view position) {
  const auto text = fmt::format("{}\n{}", scope, position);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

std::optional<std::pair<core::timestamp, std::string>> read_cursor(std::string_view scope, std::string_view cursor) {
  std::string plain(cursor.size(), '\0');
  size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(plain.data()), plain.size(), cursor.data(), cursor.size(),
                        nullptr, &length, nullptr, base64) != 0)
    return std::nullopt;
  plain.resize(length);
  if (!core::is_clean_utf8(plain))
    return std::nullopt;
  const auto first = plain.find(separator), last = plain.rfind(separator);
  if (first == std::string::npos || first == last || plain.substr(last + 1) != tag(scope, plain.substr(0, last)))
    return std::nullopt;
  core::timestamp at;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + first, at.ms);
  if (error != std::errc{} || end != plain.data() + first)
    return std::nullopt;
  return std::pair(at, plain.substr(first + 1, last - first - 1));
}

/// RFC 6901; no name is the query as a whole.
std::string pointer_to(std::string_view name) {
  std::string pointer(name.empty() ? "" : "/");
  for (const char c : name)
    pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return pointer;
}

} // namespace

std::string make_cursor(std::string_view scope, core::timestamp at, std::string_view id) {
  const auto position = fmt::format("{}{}{}", at.ms, separator, id);
  const auto plain = fmt::format("{}{}{}", position, separator, tag(scope, position));
  std::string out(sodium_base64_encoded_len(plain.size(), base64), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(plain.data()), plain.size(), base64);
  out.resize(out.find('\0'));
  return out;
}

query_reader::query_reader(std::string_view query, std::initializer_list<std::string_view> allowed) {
  auto parsed = twilio::form::parse(query);
  if (!parsed)
    complain("", "Query string not valid: " + parsed.error().detail);
  else
    params_ = std::move(*parsed);
  for (const auto& field : params_.fields()) {
    const bool known = field.name == "limit" || field.name == "cursor" ||
                       std::find(allowed.begin(), allowed.end(), field.name) != allowed.end();
    if (!known)
      complain(field.name, "Unknown parameter");
    else if (params_.count(field.name) > 1)
      complain(field.name, "Given more than once");
  }
}

void query_reader::complain(std::string_view name, std::string detail) {
  if (failure_.detail.empty())
    failure_.detail = name.empty() ? detail : fmt::format("{}: {}.", name, detail);
  failure_.fields.push_back({pointer_to(name), "invalid_value", std::move(detail)});
}

std::string query_reader::text(std::string_view name) {
  const auto given = params_.get(name);
  if (core::is_clean_utf8(given))
    return std::string(given);
  complain(name, "Not UTF-8");
  return {};
}

std::string query_reader::phone_number(std::string_view name, std::string_view country) {
  const auto given = params_.get(name);
  if (given.empty())
    return {};
  // In a query a bare + is a space; only a number can be meant.
  const auto text = given.front() == ' ' ? "+" + std::string(given.substr(1)) : std::string(given);
  const auto number = core::parse_phone_number(text, country);
  if (!number) {
    complain(name, number.error().detail);
    return {};
  }
  return number->str();
}

std::string query_reader::one_of(std::string_view name, std::initializer_list<std::string_view> values) {
  const auto given = params_.get(name);
  if (given.empty() || std::find(values.begin(), values.end(), given) != values.end())
    return std::string(given);
  complain(name, fmt::format("Use one of {}", fmt::join(values, ", ")));
  return {};
}

std::optional<core::timestamp> query_reader::time(std::string_view name) {
  std::string given(params_.get(name));
  if (given.empty())
    return std::nullopt;
  std::replace(given.begin() + 10 * (given.size() > 11), given.end(), ' ', '+'); // "+02:00" unescaped
  if (given.size() > 10 && given[10] == '+')
    given[10] = 'T';
  const auto at = core::parse_rfc3339(given);
  if (!at) {
    complain(name, at.error().detail);
    return std::nullopt;
  }
  return *at;
}

std::optional<std::chrono::sys_days> query_reader::day(std::string_view name) {
  const std::string given(params_.get(name));
  if (given.empty())
    return std::nullopt;
  const bool shaped = given.size() == 10 && given[4] == '-' && given[7] == '-';
  const auto at = shaped ? core::parse_rfc3339(given + "T00:00:00Z") : core::fail(core::ec::invalid_request);
  if (at)
    return std::chrono::floor<std::chrono::days>(
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(at->ms)));
  complain(name, "Use a day, for example 2026-11-20");
  return std::nullopt;
}

void query_reader::refuse_pages() {
  for (const std::string_view name : {"limit", "cursor"})
    if (params_.count(name) > 0)
      complain(name, "Unknown parameter");
}

bool query_reader::flag(std::string_view name) { return one_of(name, {"true", "false"}) == "true"; }

core::page_request query_reader::page(std::string_view scope) {
  core::page_request page;
  const auto limit = params_.get("limit");
  if (params_.has("limit")) {
    const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
    if (error != std::errc{} || end != limit.data() + limit.size() || page.limit < 1 || page.limit > 200)
      complain("limit", "Use a number from 1 to 200");
  }
  if (params_.has("cursor")) {
    page.after = read_cursor(scope, params_.get("cursor"));
    cursor_bad_ = !page.after;
  }
  return page;
}

core::expected<void> query_reader::ok() const {
  if (!failure_.fields.empty())
    return core::fail(failure_);
  if (cursor_bad_)
    return core::fail(core::ec::invalid_cursor);
  return {};
}

} // namespace trunkline::http

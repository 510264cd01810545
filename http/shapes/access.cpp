#include "http/shapes/access.hpp"

#include "json/reader.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace trunkline::http::shapes {

namespace {

std::optional<std::string> or_null(const core::tenant_id& company) {
  return company.empty() ? std::nullopt : std::optional(company.value);
}

/// A platform administrator is of no company, everybody else of one.
void read_role(json::object_reader& fields, core::role& role, core::tenant_id& company) {
  constexpr auto platform = core::role::platform_admin;
  if (const auto word = fields.require("role"))
    if (const auto which = word->one_of({"company_viewer", "company_admin", "platform_admin"}))
      role = static_cast<core::role>(*which);
  const auto named = fields.take("companyId");
  if (!named || named->is_null()) {
    if (role != platform)
      fields.missing("companyId");
    return;
  }
  company = core::tenant_id(named->text(1, 64).value_or(""));
  if (role == platform)
    named->refuse("invalid_value", "A platform administrator belongs to no company");
  else if (!core::is_public_id(company.value, "co_"))
    named->refuse("invalid_value", "Not a company's id");
}

} // namespace

core::expected<core::api_key> read_new_key(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  core::api_key key;
  auto fields = body->fields();
  read_role(fields, key.role, key.company);
  if (const auto label = fields.take("label"); label && !label->is_null())
    key.label = label->text(0, 100).value_or("");
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return key;
}

void write_key(json::writer& out, const core::api_key& key, const core::secret* itself) {
  out.begin_object().field("id", key.id);
  if (itself)
    out.field("key", itself->reveal());
  out.field("role", core::to_string(key.role))
      .field("companyId", or_null(key.company))
      .field("label", key.label)
      .field("createdAt", key.created_at)
      .field("lastUsedAt", key.last_used_at)
      .end_object();
}

core::expected<new_user> read_new_user(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  new_user wanted;
  auto fields = body->fields();
  if (const auto name = fields.require("user")) {
    wanted.user.name = name->text(1, 64).value_or("");
    const auto plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '@';
    };
    if (!std::all_of(wanted.user.name.begin(), wanted.user.name.end(), plain))
      name->refuse("invalid_value", "Use a-z, 0-9 and . _ - @");
  }
  if (const auto password = fields.require("password"))
    wanted.password = core::secret(password->text(12, 200).value_or(""));
  read_role(fields, wanted.user.role, wanted.user.company);
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return wanted;
}

void write_user(json::writer& out, const core::console_user& user) {
  out.begin_object()
      .field("user", user.name)
      .field("role", core::to_string(user.role))
      .field("companyId", or_null(user.company))
      .field("createdAt", user.created_at)
      .end_object();
}

core::expected<sign_in> read_sign_in(std::string_view text) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  sign_in given;
  auto fields = body->fields();
  if (const auto user = fields.require("user"))
    given.user = user->text(1, 64).value_or("");
  if (const auto password = fields.require("password"))
    given.password = core::secret(password->text(1, 200).value_or(""));
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return given;
}

} // namespace trunkline::http::shapes

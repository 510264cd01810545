#include "http/shapes/opt_out.hpp"

#include "json/reader.hpp"
#include "json/rules.hpp"
#include "json/writer.hpp"

namespace trunkline::http::shapes {

void write_opt_out(json::writer& out, const core::opt_out& entry) {
  out.begin_object()
      .field("phoneNumber", entry.number)
      .field("source", entry.source)
      .field("createdAt", entry.created_at)
      .end_object();
}

core::expected<core::phone_number> read_opt_out(std::string_view text, std::string_view country) {
  auto body = json::body::parse(text);
  if (!body)
    return core::fail(std::move(body).error());
  core::phone_number number;
  auto fields = body->fields();
  if (const auto given = fields.require("phoneNumber"))
    number = json::read_phone_number(*given, country).value_or(core::phone_number());
  fields.finish();
  if (auto wrong = body->refused())
    return core::fail(std::move(*wrong));
  return number;
}

} // namespace trunkline::http::shapes

#include "sim/json_reader.hpp"

#include <fmt/format.h>

namespace trunkline::sim {

tl::expected<rapidjson::Document, json_problem> parse_object(const std::string& body) {
  rapidjson::Document document;
  // Iterative: nesting costs heap, which the body limit bounds, and no stack.
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  if (document.HasParseError() || !document.IsObject())
    return tl::make_unexpected(json_problem("The body must be one JSON object."));
  return document;
}

const rapidjson::Value* json_reader::member(const char* name) const {
  const auto found = object_.FindMember(name);
  return found == object_.MemberEnd() || found->value.IsNull() ? nullptr : &found->value;
}

void json_reader::fail(std::string problem) {
  if (!problem_)
    problem_ = std::move(problem);
}

std::string json_reader::text(const char* name, std::string fallback) {
  const auto* found = member(name);
  if (found && !found->IsString())
    fail(fmt::format("{} must be a string.", name));
  return found && found->IsString() ? std::string(found->GetString(), found->GetStringLength()) : std::move(fallback);
}

bool json_reader::flag(const char* name, bool fallback) {
  const auto* found = member(name);
  if (found && !found->IsBool())
    fail(fmt::format("{} must be true or false.", name));
  return found && found->IsBool() ? found->GetBool() : fallback;
}

int64_t json_reader::integer(const char* name, int64_t fallback, int64_t least, int64_t most) {
  const auto* found = member(name);
  if (!found)
    return fallback;
  if (!found->IsInt64() || found->GetInt64() < least || found->GetInt64() > most) {
    fail(fmt::format("{} must be a whole number from {} to {}.", name, least, most));
    return fallback;
  }
  return found->GetInt64();
}

double json_reader::number(const char* name, double fallback, double least, double most) {
  const auto* found = member(name);
  if (!found)
    return fallback;
  if (!found->IsNumber() || found->GetDouble() < least || found->GetDouble() > most) {
    fail(fmt::format("{} must be a number from {} to {}.", name, least, most));
    return fallback;
  }
  return found->GetDouble();
}

const rapidjson::Value* json_reader::object(const char* name) {
  const auto* found = member(name);
  if (found && !found->IsObject()) {
    fail(fmt::format("{} must be an object.", name));
    return nullptr;
  }
  return found;
}

const rapidjson::Value* json_reader::array(const char* name, size_t most) {
  const auto* found = member(name);
  if (found && (!found->IsArray() || found->Size() > most)) {
    fail(fmt::format("{} must be an array of at most {}.", name, most));
    return nullptr;
  }
  return found;
}

} // namespace trunkline::sim

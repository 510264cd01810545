#include "json/changes.hpp"

#include "json/writer.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace trunkline::json {

namespace {

rapidjson::Document parse_object(std::string_view text) {
  rapidjson::Document parsed;
  parsed.Parse(text.data(), text.size());
  if (parsed.HasParseError() || !parsed.IsObject())
    parsed.SetObject();
  return parsed;
}

std::string members_not_in(const rapidjson::Document& these, const rapidjson::Document& others) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> out(text);
  out.StartObject();
  for (const auto& member : these.GetObject()) {
    const auto same = others.FindMember(member.name);
    if (same != others.MemberEnd() && same->value == member.value)
      continue;
    out.Key(member.name.GetString(), member.name.GetStringLength());
    member.value.Accept(out);
  }
  out.EndObject();
  return {text.GetString(), text.GetSize()};
}

} // namespace

std::pair<std::string, std::string> changed_members(std::string_view before, std::string_view after) {
  const auto was = parse_object(before), is = parse_object(after);
  return {members_not_in(was, is), members_not_in(is, was)};
}

std::string with_member(std::string object, std::string_view name, std::string_view value) {
  writer one;
  one.begin_object().field(name, value).end_object();
  const auto member = one.take(); // {"name":"value"}
  object.pop_back();
  if (object.size() > 1)
    object += ',';
  return object + member.substr(1);
}

} // namespace trunkline::json

#pragma once

#include <rapidjson/document.h>
#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::sim {

/// A member of a request to /sim that is not what it has to be; the text names it.
using json_problem = std::string;

/// A JSON object, else what is wrong with it.
tl::expected<rapidjson::Document, json_problem> parse_object(const std::string& body);

/// Reads the members of one object and remembers the first that is wrong, so that a caller checks once.
class json_reader {
public:
  explicit json_reader(const rapidjson::Value& object) : object_(object) {}

  std::string text(const char* name, std::string fallback = {});
  bool flag(const char* name, bool fallback = false);
  int64_t integer(const char* name, int64_t fallback, int64_t least, int64_t most);
  double number(const char* name, double fallback, double least, double most);
  /// Null when there is none (or null).
  const rapidjson::Value* object(const char* name);
  const rapidjson::Value* array(const char* name, size_t most);
  bool has(const char* name) const { return member(name) != nullptr; }

  void fail(std::string problem);
  const std::optional<json_problem>& problem() const { return problem_; }

private:
  const rapidjson::Value* member(const char* name) const;

  const rapidjson::Value& object_;
  std::optional<json_problem> problem_;
};

} // namespace trunkline::sim

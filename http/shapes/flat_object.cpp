#include "http/shapes/flat_object.hpp"

#include "core/utf8.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace trunkline::http::shapes {

namespace {

/// Collects the members of one object; anything nested stops the parse.
struct collector : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, collector> {
  std::vector<std::pair<std::string, std::string>> pairs;
  bool open = false;

  bool StartObject() { return !std::exchange(open, true); }
  static bool EndObject(rapidjson::SizeType) { return true; }
  static bool StartArray() { return false; }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    pairs.emplace_back(std::string(text, length), std::string{});
    return pairs.size() <= 256;
  }
  bool String(const char* text, rapidjson::SizeType length, bool) { return value(std::string(text, length)); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) { return value(std::string(text, length)); }
  bool Bool(bool b) { return value(b ? "true" : "false"); }
  bool Null() { return value(""); }
  bool value(std::string text) {
    if (!open || !core::is_clean_utf8(text))
      return false;
    pairs.back().second = std::move(text);
    return true;
  }
};

} // namespace

core::expected<twilio::form> read_flat_object(std::string_view body) {
  collector found;
  rapidjson::Reader reader;
  rapidjson::MemoryStream in(body.data(), body.size());
  constexpr unsigned flags =
      rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
  if (!reader.Parse<flags>(in, found))
    return core::fail(core::ec::malformed_webhook, "The JSON body must be one object of plain values.");
  return twilio::form::from_pairs(found.pairs);
}

} // namespace trunkline::http::shapes

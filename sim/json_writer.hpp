#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>

namespace trunkline::sim {

/// Writes one JSON document from front to back.
class json_writer {
public:
  json_writer& object() { return out_.StartObject(), *this; }
  json_writer& end_object() { return out_.EndObject(), *this; }
  json_writer& array() { return out_.StartArray(), *this; }
  json_writer& end_array() { return out_.EndArray(), *this; }
  json_writer& key(std::string_view name) { return out_.Key(name.data(), size(name)), *this; }

  json_writer& value(std::string_view text) { return out_.String(text.data(), size(text)), *this; }
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(const std::string& text) { return value(std::string_view(text)); }
  json_writer& value(bool yes) { return out_.Bool(yes), *this; }
  json_writer& value(int number) { return out_.Int(number), *this; }
  json_writer& value(int64_t number) { return out_.Int64(number), *this; }
  json_writer& value(uint64_t number) { return out_.Uint64(number), *this; }
  json_writer& value(double number) { return out_.Double(number), *this; }
  json_writer& null() { return out_.Null(), *this; }
  /// A value that is JSON already.
  json_writer& raw(std::string_view json) {
    return out_.RawValue(json.data(), json.size(), rapidjson::kObjectType), *this;
  }

  template <class T>
  json_writer& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  json_writer& null_field(std::string_view name) { return key(name).null(); }
  /// Empty text is null.
  json_writer& text_or_null(std::string_view name, std::string_view text) {
    key(name);
    return text.empty() ? null() : value(text);
  }

  std::string text() && { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
  static rapidjson::SizeType size(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> out_{buffer_};
};

} // namespace trunkline::sim

#include "json/writer.hpp"

#include "core/utf8.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>

namespace trunkline::json {

struct writer::impl {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
};

writer::writer() : impl_(std::make_unique<impl>()) {}
writer::~writer() = default;
writer::writer(writer&&) noexcept = default;
writer& writer::operator=(writer&&) noexcept = default;

writer& writer::begin_object() { return impl_->out.StartObject(), *this; }
writer& writer::end_object() { return impl_->out.EndObject(), *this; }
writer& writer::begin_array() { return impl_->out.StartArray(), *this; }
writer& writer::end_array() { return impl_->out.EndArray(), *this; }

writer& writer::key(std::string_view name) {
  return impl_->out.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())), *this;
}

writer& writer::null() { return impl_->out.Null(), *this; }

writer& writer::value(std::string_view text) {
  if (!core::is_clean_utf8(text))
    return value(core::to_clean_utf8(text));
  // An empty view may have no data at all, which RapidJSON asserts against.
  return impl_->out.String(text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size())), *this;
}

writer& writer::value(bool flag) { return impl_->out.Bool(flag), *this; }
writer& writer::value(int64_t number) { return impl_->out.Int64(number), *this; }
writer& writer::value(uint64_t number) { return impl_->out.Uint64(number), *this; }

writer& writer::value(double number) {
  if (!std::isfinite(number))
    return null();
  return impl_->out.Double(number), *this;
}

writer& writer::value(core::money amount) { return value(core::to_string(amount)); }
writer& writer::value(core::timestamp at) { return value(core::to_rfc3339(at)); }

writer& writer::raw(std::string_view json) {
  return impl_->out.RawValue(json.data(), json.size(), rapidjson::kObjectType), *this;
}

std::string writer::take() {
  std::string text(impl_->buffer.GetString(), impl_->buffer.GetSize());
  impl_ = std::make_unique<impl>();
  return text;
}

} // namespace trunkline::json

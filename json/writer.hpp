#pragma once

#include "core/clock.hpp"
#include "core/money.hpp"
#include "core/phone_number.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::json {

/// Writes compact JSON in the forms of API.md: money as a decimal string, time as RFC 3339 with milliseconds, unknown
/// as null, numbers in full. Text that is not well-formed UTF-8 is repaired, so that the answer always is.
class writer {
public:
  writer();
  ~writer();
  writer(writer&&) noexcept;
  writer& operator=(writer&&) noexcept;
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  writer& begin_object();
  writer& end_object();
  writer& begin_array();
  writer& end_array();
  writer& key(std::string_view name);

  writer& null();
  writer& value(std::string_view text);
  writer& value(const std::string& text) { return value(std::string_view(text)); }
  writer& value(const char* text) { return value(std::string_view(text)); }
  writer& value(bool flag);
  writer& value(int number) { return value(static_cast<int64_t>(number)); }
  writer& value(int64_t number);
  writer& value(uint64_t number);
  writer& value(double number); ///< what is not finite becomes null
  writer& value(core::money amount);
  writer& value(core::timestamp at);
  writer& value(const core::phone_number& number) { return value(number.str()); }

  template <class T>
  writer& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  template <class T>
  writer& value(const std::vector<T>& all) {
    begin_array();
    for (const auto& one : all)
      value(one);
    return end_array();
  }

  template <class T>
  writer& field(std::string_view name, const T& what) {
    return key(name).value(what);
  }
  /// A JSON value that has been written before, as it is.
  writer& raw(std::string_view json);
  writer& null_field(std::string_view name) { return key(name).null(); }

  /// The text; the writer is empty afterwards. Complete only when everything begun has ended.
  std::string take();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace trunkline::json

#pragma once

#include "core/error.hpp"

#include <rapidjson/fwd.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::json {

constexpr size_t max_text = 64 * 1024;
constexpr int max_depth = 32;

class object_reader;

/// A value somewhere in a body. Each reader gives the value, or nothing after noting what is wrong with it.
class field {
public:
  using value_type =
      rapidjson::GenericValue<rapidjson::UTF8<char>, rapidjson::MemoryPoolAllocator<rapidjson::CrtAllocator>>;

  field(const value_type& value, std::string pointer, std::vector<core::field_error>& problems)
      : value_(&value), pointer_(std::move(pointer)), problems_(&problems) {}

  bool is_null() const;

  /// Length in UTF-16 units, as Twilio counts.
  std::optional<std::string> text(size_t shortest, size_t longest) const;
  /// 2.0 is no integer, nor is "2".
  std::optional<int64_t> integer(int64_t lowest, int64_t highest) const;
  std::optional<double> number(double lowest, double highest) const;
  std::optional<bool> boolean() const;
  /// The index of the word that the text is.
  std::optional<size_t> one_of(std::initializer_list<std::string_view> words) const;
  std::optional<object_reader> object() const;
  std::optional<std::vector<field>> array(size_t fewest, size_t most) const;

  /// Notes a problem with this value; `code` is snake_case, `detail` words without a full stop.
  void refuse(std::string_view code, std::string_view detail) const;

private:
  const value_type* value_;
  std::string pointer_;
  std::vector<core::field_error>* problems_;
};

/// The members of an object. Whatever nobody has taken when finish() is called is an unknown field.
class object_reader {
public:
  object_reader(const field::value_type& object, std::string pointer, std::vector<core::field_error>& problems)
      : object_(&object), pointer_(std::move(pointer)), problems_(&problems) {}

  /// The member, if it is there.
  std::optional<field> take(std::string_view name);
  /// The member; that it is missing or null is noted as a problem.
  std::optional<field> require(std::string_view name);
  /// Every member, whatever its name.
  void each(const std::function<void(std::string_view name, const field& value)>& visit);
  /// A member that is allowed and means nothing.
  void ignore(std::string_view name) { taken_.emplace(name); }
  /// Notes that a member is missing which has to be there because of another.
  void missing(std::string_view name);
  /// Notes every member that was not taken as unknown.
  void finish() const;

private:
  const field::value_type* object_;
  std::string pointer_;
  std::vector<core::field_error>* problems_;
  std::set<std::string, std::less<>> taken_;
};

/// A parsed JSON object. Strict: at most 64 KiB and 32 levels, well-formed UTF-8 without NUL, no key twice, no NaN.
///
///   auto in = json::body::parse(text);
///   if (!in) return core::fail(in.error());
///   auto fields = in->fields();
///   if (auto name = fields.require("companyName")) company.name = name->text(1, 200).value_or("");
///   fields.finish();
///   if (auto wrong = in->refused()) return core::fail(*wrong);
class body {
public:
  /// `largest`: more than the 64 KiB that a request may have, for what others answer us.
  static core::expected<body> parse(std::string_view text, size_t largest = max_text);
  ~body();
  body(body&&) noexcept;
  body& operator=(body&&) noexcept;
  body(const body&) = delete;
  body& operator=(const body&) = delete;

  object_reader fields();
  /// ec::invalid_request with all that was noted, if anything was.
  std::optional<core::error> refused() const;

private:
  struct impl;
  explicit body(std::unique_ptr<impl> content);
  std::unique_ptr<impl> impl_;
};

/// The error of a body with these problems: the detail names the first one and says what to do.
core::error invalid_request(std::vector<core::field_error> problems);

} // namespace trunkline::json

#include "json/reader.hpp"

#include "core/utf8.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>

namespace trunkline::json {

namespace {

using value_type = field::value_type;

std::string_view view(const value_type& text) { return {text.GetString(), text.GetStringLength()}; }

constexpr size_t max_problems = 50; ///< a body of 64 KiB may hold thousands; nobody reads more
constexpr size_t max_name = 128;    ///< of a key in a pointer: it comes back in the answer

/// RFC 6901; a very long name is cut.
std::string below(const std::string& pointer, std::string_view name) {
  std::string out = pointer + '/';
  for (char c : core::to_clean_utf8(name.substr(0, max_name))) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

/// Where a value is, written out only when something is wrong there.
struct place {
  const place* parent = nullptr;
  std::string_view name;
  rapidjson::SizeType index = 0;

  std::string pointer() const {
    if (parent == nullptr)
      return {};
    return below(parent->pointer(), name.data() != nullptr ? std::string(name) : std::to_string(index));
  }
};

void note(std::vector<core::field_error>& problems, std::string pointer, std::string_view code,
          std::string_view detail) {
  if (problems.size() < max_problems)
    problems.push_back({std::move(pointer), std::string(code), std::string(detail)});
}

/// Deepest nesting, by counting brackets outside of strings: known before anything is built.
int depth_of(std::string_view text) {
  int depth = 0, deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

/// Keys that come twice and text that no database holds. The depth is at most max_depth.
void check(const value_type& value, const place& here, std::vector<core::field_error>& problems) {
  if (value.IsString() && !core::is_clean_utf8(view(value)))
    note(problems, here.pointer(), "invalid_text", "Must not hold NUL or half a surrogate pair");
  if (value.IsArray())
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i)
      check(value[i], {&here, {}, i}, problems);
  if (!value.IsObject())
    return;
  std::set<std::string_view> names;
  for (const auto& member : value.GetObject()) {
    const place there{&here, view(member.name)};
    if (!core::is_clean_utf8(there.name))
      note(problems, here.pointer(), "invalid_text", "Field names must not hold NUL or half a surrogate pair");
    else if (!names.insert(there.name).second)
      note(problems, there.pointer(), "repeated_field", "Given more than once");
    check(member.value, there, problems);
  }
}

/// What to do about it, said once for the whole request.
std::string_view advice(std::string_view code) {
  if (code == "invalid_phone_number")
    return " Use E.164, for example +15551234567.";
  if (code == "unknown_field")
    return " Check its spelling, or leave it out.";
  return "";
}

tl::unexpected<core::error> not_json(std::string detail) {
  return core::fail(invalid_request({{"", "invalid_json", std::move(detail)}}));
}

} // namespace

// -- field ------------------------------------------------------------------------------------------------------------

bool field::is_null() const { return value_->IsNull(); }

void field::refuse(std::string_view code, std::string_view detail) const { note(*problems_, pointer_, code, detail); }

std::optional<std::string> field::text(size_t shortest, size_t longest) const {
  if (!value_->IsString())
    return refuse("invalid_type", "Must be a string"), std::nullopt;
  const auto found = view(*value_);
  const size_t length = core::utf16_length(found);
  if (length < shortest || length > longest)
    return refuse("invalid_length", fmt::format("Must have {} to {} characters", shortest, longest)), std::nullopt;
  return std::string(found);
}

std::optional<int64_t> field::integer(int64_t lowest, int64_t highest) const {
  // RapidJSON reads whole numbers beyond 64 bits as double.
  const bool huge = value_->IsUint64() || (value_->IsDouble() && std::abs(value_->GetDouble()) > 9e18);
  if (!value_->IsInt64() && !huge)
    return refuse("invalid_type", "Must be a whole number"), std::nullopt;
  if (!value_->IsInt64() || value_->GetInt64() < lowest || value_->GetInt64() > highest)
    return refuse("out_of_range", fmt::format("Must be from {} to {}", lowest, highest)), std::nullopt;
  return value_->GetInt64();
}

std::optional<double> field::number(double lowest, double highest) const {
  if (!value_->IsNumber())
    return refuse("invalid_type", "Must be a number"), std::nullopt;
  const double found = value_->GetDouble();
  if (found < lowest || found > highest)
    return refuse("out_of_range", fmt::format("Must be from {} to {}", lowest, highest)), std::nullopt;
  return found;
}

std::optional<bool> field::boolean() const {
  if (!value_->IsBool())
    return refuse("invalid_type", "Must be true or false"), std::nullopt;
  return value_->GetBool();
}

std::optional<size_t> field::one_of(std::initializer_list<std::string_view> words) const {
  if (!value_->IsString())
    return refuse("invalid_type", "Must be a string"), std::nullopt;
  const auto found = std::find(words.begin(), words.end(), view(*value_));
  if (found != words.end())
    return static_cast<size_t>(found - words.begin());
  std::string list;
  for (auto word : words)
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", word);
  return refuse("invalid_value", "Must be one of " + list), std::nullopt;
}

std::optional<object_reader> field::object() const {
  if (!value_->IsObject())
    return refuse("invalid_type", "Must be an object"), std::nullopt;
  return object_reader(*value_, pointer_, *problems_);
}

std::optional<std::vector<field>> field::array(size_t fewest, size_t most) const {
  if (!value_->IsArray())
    return refuse("invalid_type", "Must be an array"), std::nullopt;
  if (value_->Size() < fewest || value_->Size() > most)
    return refuse("invalid_length", fmt::format("Must have {} to {} entries", fewest, most)), std::nullopt;
  std::vector<field> all;
  for (rapidjson::SizeType i = 0; i < value_->Size(); ++i)
    all.emplace_back((*value_)[i], below(pointer_, std::to_string(i)), *problems_);
  return all;
}

// -- object_reader ----------------------------------------------------------------------------------------------------

std::optional<field> object_reader::take(std::string_view name) {
  taken_.emplace(name);
  const auto length = static_cast<rapidjson::SizeType>(name.size());
  const auto member = object_->FindMember(value_type(rapidjson::StringRef(name.data(), length)));
  if (member == object_->MemberEnd())
    return std::nullopt;
  return field(member->value, below(pointer_, name), *problems_);
}

std::optional<field> object_reader::require(std::string_view name) {
  auto found = take(name);
  if (found && !found->is_null())
    return found;
  note(*problems_, below(pointer_, name), "required", "Is required");
  return std::nullopt;
}

void object_reader::each(const std::function<void(std::string_view name, const field& value)>& visit) {
  for (const auto& member : object_->GetObject()) {
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    taken_.emplace(name);
    visit(name, field(member.value, below(pointer_, name), *problems_));
  }
}

void object_reader::missing(std::string_view name) {
  note(*problems_, below(pointer_, name), "required", "Is required");
}

void object_reader::finish() const {
  for (const auto& member : object_->GetObject())
    if (const auto name = view(member.name); !taken_.contains(name))
      note(*problems_, below(pointer_, name), "unknown_field", "There is no such field");
}

// -- body -------------------------------------------------------------------------------------------------------------

struct body::impl {
  rapidjson::Document document;
  std::vector<core::field_error> problems;
};

body::body(std::unique_ptr<impl> content) : impl_(std::move(content)) {}
body::~body() = default;
body::body(body&&) noexcept = default;
body& body::operator=(body&&) noexcept = default;

core::expected<body> body::parse(std::string_view text, size_t largest) {
  if (text.size() > largest)
    return core::fail(core::ec::payload_too_large, "A JSON body may have 64 KiB.");
  if (depth_of(text) > max_depth)
    return not_json("Nested deeper than 32 levels");
  if (!core::is_clean_utf8(text))
    return not_json("Not UTF-8, or NUL in it");
  auto content = std::make_unique<impl>();
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;
  content->document.Parse<flags>(text.data(), text.size());
  if (content->document.HasParseError())
    return not_json(fmt::format("Not valid JSON at byte {}", content->document.GetErrorOffset()));
  if (!content->document.IsObject())
    return not_json("Must be a JSON object");
  check(content->document, {}, content->problems);
  if (!content->problems.empty()) // with a key twice there is no telling which one is meant
    return core::fail(invalid_request(std::move(content->problems)));
  return body(std::move(content));
}

object_reader body::fields() { return object_reader(impl_->document, "", impl_->problems); }

std::optional<core::error> body::refused() const {
  if (impl_->problems.empty())
    return std::nullopt;
  return invalid_request(impl_->problems);
}

core::error invalid_request(std::vector<core::field_error> problems) {
  const auto& first = problems.front();
  const auto name = std::string_view(first.pointer).substr(first.pointer.empty() ? 0 : 1);
  auto detail = fmt::format("{}{}{}.{}", name, name.empty() ? "" : ": ", first.detail, advice(first.code));
  if (problems.size() > 1)
    detail += fmt::format(" ({} more in errors.)", problems.size() - 1);
  return {core::ec::invalid_request, std::move(detail), {}, std::move(problems)};
}

} // namespace trunkline::json

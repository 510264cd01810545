#include "twilio/form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace trunkline::twilio {

namespace {

enum char_class : uint8_t { plain, plus, percent, ampersand, equals, nul };

constexpr std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> classes{};
  classes['+'] = plus;
  classes['%'] = percent;
  classes['&'] = ampersand;
  classes['='] = equals;
  classes[0] = nul;
  return classes;
}

constexpr uint8_t not_hex = 0xFF;

constexpr std::array<uint8_t, 256> make_hex_values() {
  std::array<uint8_t, 256> values{};
  values.fill(not_hex);
  for (const std::string_view digits : {"0123456789abcdef", "0123456789ABCDEF"})
    for (size_t i = 0; i < digits.size(); ++i)
      values[static_cast<unsigned char>(digits[i])] = static_cast<uint8_t>(i);
  return values;
}

constexpr auto class_of = make_classes();
constexpr auto hex_value = make_hex_values();

/// Reads a body once, writing the decoded bytes one after the other into `out`, which has room for all of them:
/// decoding never makes text longer.
class decoder {
public:
  decoder(std::string_view body, char* out, const form_limits& limits) : in_(body), out_(out), limits_(limits) {}

  /// The next name=value; false at the first thing that is wrong, which problem() then names.
  bool next(form::field& field) {
    const char* const name = out_;
    if (!copy_until(true))
      return false;
    field.name = {name, static_cast<size_t>(out_ - name)};
    if (field.name.empty())
      return refuse("a parameter without a name");
    if (field.name.size() > limits_.name_bytes)
      return refuse("a parameter name too long");
    const char* const value = out_;
    if (at_ < in_.size() && in_[at_] == '=') {
      ++at_;
      if (!copy_until(false))
        return false;
    }
    field.value = {value, static_cast<size_t>(out_ - value)};
    return field.value.size() <= limits_.value_bytes || refuse("a parameter value too long");
  }

  /// Steps over the '&' between two fields; false at the end of the body.
  bool more() {
    if (at_ == in_.size())
      return false;
    ++at_;
    return true;
  }

  std::string problem() const { return fmt::format("The form is malformed: {} at byte {}.", problem_, at_); }

private:
  /// Decodes up to the next '&', or '=' if this is a name.
  bool copy_until(bool is_name) {
    while (true) {
      copy_plain();
      if (at_ == in_.size())
        return true;
      switch (class_of[static_cast<unsigned char>(in_[at_])]) {
      case ampersand:
        return true;
      case equals:
        if (is_name)
          return true;
        *out_++ = '=';
        break;
      case plus:
        *out_++ = ' ';
        break;
      case percent:
        if (!copy_escape())
          return false;
        break;
      default:
        return refuse("a NUL");
      }
      ++at_;
    }
  }

  /// In local variables, because the compiler must take every char written for a change of our members.
  void copy_plain() {
    const char* from = in_.data() + at_;
    const char* const end = in_.data() + in_.size();
    char* to = out_;
    while (from != end && class_of[static_cast<unsigned char>(*from)] == plain)
      *to++ = *from++;
    at_ = static_cast<size_t>(from - in_.data());
    out_ = to;
  }

  /// Leaves at_ on the last character of the escape.
  bool copy_escape() {
    if (in_.size() - at_ < 3)
      return refuse("an escape cut short");
    const unsigned high = hex_value[static_cast<unsigned char>(in_[at_ + 1])];
    const unsigned low = hex_value[static_cast<unsigned char>(in_[at_ + 2])];
    if (high == not_hex || low == not_hex)
      return refuse("an escape that is not hexadecimal");
    if (high == 0 && low == 0)
      return refuse("an escaped NUL");
    *out_++ = static_cast<char>(high << 4 | low);
    at_ += 2;
    return true;
  }

  bool refuse(std::string_view problem) {
    problem_ = problem;
    return false;
  }

  std::string_view in_;
  char* out_;
  const form_limits& limits_;
  size_t at_ = 0;
  std::string_view problem_;
};

constexpr bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c))
      out += c;
    else if (c == ' ')
      out += '+';
    else
      (out += '%').append({digits[byte >> 4], digits[byte & 15]});
  }
}

} // namespace

core::expected<form> form::parse(std::string_view body, const form_limits& limits) {
  form out;
  if (body.empty())
    return out;
  // Counting first lets both vectors be allocated once, and refuses a body of separators before it costs memory.
  const auto fields = static_cast<size_t>(std::count(body.begin(), body.end(), '&')) + 1;
  if (fields > limits.fields)
    return core::fail(core::ec::malformed_webhook,
                      fmt::format("The form is malformed: more than {} parameters.", limits.fields));
  out.buffer_.resize(body.size());
  out.fields_.reserve(fields);
  decoder in(body, out.buffer_.data(), limits);
  do {
    if (!in.next(out.fields_.emplace_back()))
      return core::fail(core::ec::malformed_webhook, in.problem());
  } while (in.more());
  return out;
}

form form::from_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  form out;
  size_t bytes = 0;
  for (const auto& [name, value] : pairs)
    bytes += name.size() + value.size();
  out.buffer_.resize(bytes);
  out.fields_.reserve(pairs.size());
  char* at = out.buffer_.data();
  const auto keep = [&at](const std::string& text) {
    const std::string_view kept(at, text.size());
    at = std::copy(text.begin(), text.end(), at);
    return kept;
  };
  for (const auto& [name, value] : pairs) {
    const auto kept_name = keep(name);
    out.fields_.push_back({kept_name, keep(value)});
  }
  return out;
}

std::string_view form::get(std::string_view name) const {
  for (const auto& field : fields_)
    if (field.name == name)
      return field.value;
  return {};
}

bool form::has(std::string_view name) const { return count(name) > 0; }

size_t form::count(std::string_view name) const {
  return static_cast<size_t>(
      std::count_if(fields_.begin(), fields_.end(), [name](const field& f) { return f.name == name; }));
}

std::string form_encode(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty())
      out += '&';
    append_encoded(out, name);
    out += '=';
    append_encoded(out, value);
  }
  return out;
}

} // namespace trunkline::twilio

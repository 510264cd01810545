#pragma once

#include <fmt/format.h>

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace trunkline::core {

/// A string that can not be mistaken for another kind of string.
template <class Tag>
struct strong_id {
  std::string value;

  strong_id() = default;
  explicit strong_id(std::string text) : value(std::move(text)) {}

  bool empty() const { return value.empty(); }
  friend bool operator==(const strong_id&, const strong_id&) = default;
  friend auto operator<=>(const strong_id&, const strong_id&) = default;
};

using tenant_id = strong_id<struct tenant_id_tag>; ///< "co_" + 12 characters: short enough for std::string's own buffer
using call_id = strong_id<struct call_id_tag>;     ///< "call_..."
using message_id = strong_id<struct message_id_tag>; ///< "msg_..."
using channel_id = strong_id<struct channel_id_tag>; ///< "ch_..."
using hook_token =
    strong_id<struct hook_token_tag>; ///< 26 characters, 130 random bits: names a number in a webhook URL
using request_id = strong_id<struct request_id_tag>; ///< "req_...": header X-Request-Id and every log line

/// A new random id, for example new_id("co_", 12) = "co_7k2m9x0q4v1b". Alphabet 0-9a-v, 5 bits a character.
std::string new_id(std::string_view prefix, size_t characters);

/// The same parts always give the same id (120 bits of a hash), so that two nodes and a repeated webhook agree without
/// asking.
std::string derived_id(std::string_view prefix, std::string_view first, std::string_view second,
                       std::string_view third = {}, std::string_view fourth = {});

/// Shape of every public id: [a-z]+_[0-9a-z_]{6,40}.
bool is_public_id(std::string_view text, std::string_view prefix);

} // namespace trunkline::core

template <class Tag>
struct std::hash<trunkline::core::strong_id<Tag>> {
  size_t operator()(const trunkline::core::strong_id<Tag>& id) const { return std::hash<std::string>{}(id.value); }
};

template <class Tag>
struct fmt::formatter<trunkline::core::strong_id<Tag>> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const trunkline::core::strong_id<Tag>& id, Context& ctx) const {
    return fmt::formatter<std::string_view>::format(id.value, ctx);
  }
};

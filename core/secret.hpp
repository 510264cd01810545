#pragma once

#include <fmt/format.h>
#include <sodium.h>

#include <string>
#include <string_view>
#include <utility>

namespace trunkline::core {

/// A credential. It can be formatted (as "***"), compared in constant time and wiped, but not printed by accident:
/// the only way to the value is reveal(), which is easy to grep for.
class secret {
public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}
  secret(const secret&) = default;
  secret& operator=(const secret& other) {
    if (this != &other) {
      wipe();
      value_ = other.value_;
    }
    return *this;
  }
  secret(secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  secret& operator=(secret&& other) noexcept {
    if (this != &other) {
      wipe();
      value_ = std::move(other.value_);
      other.wipe();
    }
    return *this;
  }
  ~secret() { wipe(); }

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  /// Constant time in the length of the candidate; the length itself is not hidden.
  bool equals(std::string_view candidate) const {
    return value_.size() == candidate.size() && sodium_memcmp(value_.data(), candidate.data(), value_.size()) == 0;
  }

private:
  void wipe() {
    if (!value_.empty())
      sodium_memzero(value_.data(), value_.size());
    value_.clear();
  }

  std::string value_;
};

} // namespace trunkline::core

template <>
struct fmt::formatter<trunkline::core::secret> {
  static constexpr auto parse(format_parse_context& ctx) { return ctx.begin(); }
  template <class Context>
  auto format(const trunkline::core::secret& value, Context& ctx) const {
    return fmt::format_to(ctx.out(), "{}", value.empty() ? "(none)" : "***");
  }
};

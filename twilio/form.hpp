#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trunkline::twilio {

struct form_limits {
  size_t fields = 256;
  size_t name_bytes = 256;
  size_t value_bytes = 32 * 1024;
};

/// The parameters of a webhook, decoded, in the order received. Owns its text, so it can travel in a message.
class form {
public:
  struct field {
    std::string_view name, value;
  };

  form() = default;
  ~form() = default;
  form(form&&) = default;
  form& operator=(form&&) = default;
  form(const form&) = delete; ///< the fields point into buffer_
  form& operator=(const form&) = delete;

  /// application/x-www-form-urlencoded, strictly: a malformed escape, a NUL (raw or %00), an empty name or a limit
  /// exceeded is ec::malformed_webhook and says where. Bytes are kept as they are (the signature needs them).
  static core::expected<form> parse(std::string_view body, const form_limits& limits = {});

  /// From pairs (a flat JSON object, tests); never fails.
  static form from_pairs(const std::vector<std::pair<std::string, std::string>>& pairs);

  const std::vector<field>& fields() const { return fields_; }

  /// The first value of that name, or "" if there is none.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  size_t count(std::string_view name) const;

private:
  std::vector<char> buffer_; // not a std::string: moving a short one would move the bytes
  std::vector<field> fields_;
};

/// The inverse, for the simulator and for tests: percent-encodes all but unreserved characters, space as '+'.
std::string form_encode(const std::vector<std::pair<std::string, std::string>>& pairs);

} // namespace trunkline::twilio

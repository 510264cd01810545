#pragma once

#include "core/clock.hpp"
#include "twilio/form.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::routing {

// How a single parameter of a webhook is read. What is not what it should be reads as absent: whether that matters is
// for the caller to say.

/// Decimal digits and nothing else, at most `max`.
std::optional<int64_t> read_count(std::string_view text, int64_t max);

/// Twilio's RFC 2822 time in parameter `name`.
std::optional<core::timestamp> read_time(const twilio::form& params, std::string_view name);

/// Text that can be stored: clean UTF-8 of at most `max_bytes`, cut between two characters.
std::string storable(std::string_view text, size_t max_bytes);

/// An http(s) URL of at most 2048 bytes, "" for anything else. Nothing here fetches it.
std::string web_address(std::string_view text);

/// A To or From that can be stored: a number as E.164, anything else as received, at most 256 bytes.
struct party {
  std::string text;
  bool whatsapp = false;
  bool is_number = false; ///< E.164 or a short code

  bool is_e164() const { return is_number && text.starts_with('+'); }
};

party read_party(const twilio::form& params, std::string_view name, std::string_view country);

} // namespace trunkline::routing

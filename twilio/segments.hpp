#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::twilio {

enum class sms_encoding : uint8_t { gsm7, ucs2 };

/// "GSM-7" or "UCS-2"
std::string_view to_string(sms_encoding encoding);

/// What a text costs on its way as an SMS. An estimate: Twilio's own num_segments is what is billed.
struct segment_count {
  sms_encoding encoding = sms_encoding::gsm7;
  int segments = 1; ///< 1 for an empty text too
  int units = 0;    ///< septets (GSM-7; extension characters take two) or UTF-16 code units (UCS-2)

  friend bool operator==(const segment_count&, const segment_count&) = default;
};

/// Of a UTF-8 text, without smart encoding. One character outside the GSM alphabet makes the whole text UCS-2; neither
/// an escaped septet pair nor a grapheme (an emoji with its joiners) is split between parts. FACTS 6.
segment_count count_segments(std::string_view text);

/// Twilio's Smart Encoding: quotes, dashes and the like by their GSM look-alikes. Accented letters stay as they are.
std::string smart_encode(std::string_view text);

} // namespace trunkline::twilio

#pragma once

#include <string>
#include <string_view>

namespace trunkline::core {

/// Well-formed UTF-8 without NUL: what both databases and JSON can hold.
bool is_clean_utf8(std::string_view text);

/// Every ill-formed sequence (overlong, surrogate, lone byte) and NUL becomes U+FFFD.
std::string to_clean_utf8(std::string_view text);

/// Takes the first code point off a text that is not empty; a byte that begins no well-formed sequence gives U+FFFD.
char32_t take_code_point(std::string_view& text);

/// Length in UTF-16 code units, the unit of Twilio's 1600 limit.
size_t utf16_length(std::string_view clean);

} // namespace trunkline::core

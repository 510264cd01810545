#include "config/log_line.hpp"

#include "core/utf8.hpp"

namespace trunkline::log {

namespace {

constexpr size_t max_request = 64; ///< ours are 20 characters; a client may send its own

/// Length in bytes of the UTF-8 sequence that starts with `lead`; the text is well-formed.
size_t sequence_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// C0, DEL, C1 and the two Unicode line separators: all that can end a line or start a terminal sequence.
bool is_control(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1)
    return lead < 0x20 || lead == 0x7F;
  if (character.size() == 2)
    return lead == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  return character == "\u2028" || character == "\u2029";
}

unsigned code_point(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(character[i])); };
  if (character.size() == 1)
    return byte(0);
  if (character.size() == 2)
    return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
  return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
}

/// Appends `text` with control characters (and what `special` names) escaped, until `out` would exceed `room` bytes;
/// returns how many bytes of `text` were left out.
size_t append_escaped(std::string& out, std::string_view text, std::string_view special, size_t room) {
  while (!text.empty()) {
    const auto character = text.substr(0, sequence_length(text[0]));
    char escaped[8];
    std::string_view piece = character;
    if (is_control(character))
      piece = {escaped,
               static_cast<size_t>(fmt::format_to_n(escaped, sizeof escaped, "\\u{:04x}", code_point(character)).size)};
    else if (character.size() == 1 && special.find(character[0]) != std::string_view::npos)
      piece = {escaped, static_cast<size_t>(fmt::format_to_n(escaped, sizeof escaped, "\\{}", character[0]).size)};
    if (out.size() + piece.size() > room)
      return text.size();
    out += piece;
    text.remove_prefix(character.size());
  }
  return 0;
}

std::string clean_request(std::string_view request) {
  return request.empty() ? std::string("-") : core::to_clean_utf8(request);
}

void append_message(std::string& out, std::string_view message, std::string_view special, std::string_view end) {
  constexpr size_t notice = 40; // "... (18446744073709551615 bytes cut)"
  if (const size_t left_out =
          append_escaped(out, core::to_clean_utf8(message), special, max_line - notice - end.size()))
    out += fmt::format("... ({} bytes cut)", left_out);
  out += end;
}

} // namespace

std::string json_line(const event& what) {
  std::string out = fmt::format(R"({{"time":"{}","level":"{}","request":")", to_rfc3339(what.at), what.level);
  append_escaped(out, clean_request(what.request), "\"\\", out.size() + max_request);
  out += R"(","message":")";
  append_message(out, what.message, "\"\\", "\"}");
  return out;
}

std::string text_line(const event& what) {
  std::string out = fmt::format("{} {:<5} ", to_rfc3339(what.at), what.level);
  append_escaped(out, clean_request(what.request), "", out.size() + max_request);
  out += ' ';
  append_message(out, what.message, "", "");
  return out;
}

} // namespace trunkline::log

#include "twilio/opt_out.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace trunkline::twilio {

namespace {

using entry = std::pair<std::string_view, opt_out_keyword>;

constexpr std::array<entry, 3> types = {{
    {"STOP", opt_out_keyword::stop},
    {"START", opt_out_keyword::start},
    {"HELP", opt_out_keyword::help},
}};

// ARRET is honoured on some routes only; to take it for a STOP where Twilio does not is the safe side to err on.
constexpr std::array<entry, 14> keywords = {{
    {"STOP", opt_out_keyword::stop},
    {"STOPALL", opt_out_keyword::stop},
    {"UNSUBSCRIBE", opt_out_keyword::stop},
    {"CANCEL", opt_out_keyword::stop},
    {"END", opt_out_keyword::stop},
    {"QUIT", opt_out_keyword::stop},
    {"OPTOUT", opt_out_keyword::stop},
    {"REVOKE", opt_out_keyword::stop},
    {"ARRET", opt_out_keyword::stop},
    {"START", opt_out_keyword::start},
    {"YES", opt_out_keyword::start},
    {"UNSTOP", opt_out_keyword::start},
    {"HELP", opt_out_keyword::help},
    {"INFO", opt_out_keyword::help},
}};

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool equals_in_any_case(std::string_view text, std::string_view upper) {
  const auto to_upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::equal(text.begin(), text.end(), upper.begin(), upper.end(),
                    [&](char a, char b) { return to_upper(a) == b; });
}

opt_out_keyword look_up(std::span<const entry> table, std::string_view text) {
  for (const auto& [word, meaning] : table)
    if (equals_in_any_case(text, word))
      return meaning;
  return opt_out_keyword::none;
}

} // namespace

opt_out_keyword opt_out_keyword_of(std::string_view body, std::string_view opt_out_type) {
  if (const auto said = look_up(types, opt_out_type); said != opt_out_keyword::none)
    return said;
  return look_up(keywords, trim(body));
}

} // namespace trunkline::twilio

#include "http/checks/media_type.hpp"

#include <algorithm>

namespace trunkline::http::checks {

bool is_media_type(std::string_view header, std::string_view wanted) {
  auto type = header.substr(0, header.find(';'));
  while (type.ends_with(' '))
    type.remove_suffix(1);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return type.size() == wanted.size() &&
         std::equal(wanted.begin(), wanted.end(), type.begin(), [&](char a, char b) { return a == lower(b); });
}

} // namespace trunkline::http::checks

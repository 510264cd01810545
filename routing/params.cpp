#include "routing/params.hpp"

#include "core/phone_number.hpp"
#include "core/utf8.hpp"

#include <charconv>

namespace trunkline::routing {

std::optional<int64_t> read_count(std::string_view text, int64_t max) {
  // from_chars alone would take a minus sign
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value > max)
    return std::nullopt;
  return value;
}

std::optional<core::timestamp> read_time(const twilio::form& params, std::string_view name) {
  const auto at = core::parse_rfc2822(params.get(name));
  return at ? std::optional(*at) : std::nullopt;
}

std::string storable(std::string_view text, size_t max_bytes) {
  auto clean = core::to_clean_utf8(text.substr(0, max_bytes + 4)); // a character more than fits, so that none is split
  if (clean.size() <= max_bytes)
    return clean;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xC0) == 0x80)
    --end;
  clean.resize(end);
  return clean;
}

std::string web_address(std::string_view text) {
  constexpr size_t max_url = 2048;
  const bool web = text.starts_with("https://") || text.starts_with("http://");
  return web && text.size() <= max_url ? storable(text, 3 * max_url) : std::string{};
}

party read_party(const twilio::form& params, std::string_view name, std::string_view country) {
  auto address = core::parse_webhook_address(params.get(name), country);
  // Both databases index these columns, and PostgreSQL refuses an index entry over a third of a page.
  return {storable(address.text, 256), address.whatsapp, address.is_number};
}

} // namespace trunkline::routing

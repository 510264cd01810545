#include "sim/api.hpp"
#include "sim/available.hpp"
#include "sim/json_writer.hpp"
#include "sim/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace trunkline::sim {

namespace {

struct path_name {
  std::string_view type, field;
};

constexpr path_name type_names[] = {{"Local", "local"}, {"TollFree", "toll_free"}, {"Mobile", "mobile"}};

void write_number(json_writer& json, const std::string& number, std::string_view country, bool local) {
  json.object().field("phone_number", number).field("friendly_name", formatted_number(number));
  json.field("iso_country", country).field("address_requirements", "none").field("beta", false);
  json.text_or_null("locality", local && country == "US" ? "New York" : "");
  json.text_or_null("region", local && country == "US" ? "NY" : "").null_field("postal_code");
  json.null_field("rate_center").null_field("lata").null_field("latitude").null_field("longitude");
  json.key("capabilities").object().field("voice", true).field("SMS", true).field("MMS", true).field("fax", false);
  json.end_object().end_object();
}

void write_country(json_writer& json, const offered_country& country, const std::string& base) {
  const auto own = fmt::format("{}/AvailablePhoneNumbers/{}", base, country.code);
  json.object().field("country_code", country.code).field("country", country.name).field("beta", false);
  json.field("uri", own + ".json").key("subresource_uris").object();
  for (const auto& [type, field] : type_names)
    if (std::ranges::find(country.types, type) != country.types.end())
      json.field(field, fmt::format("{}/{}.json", own, type));
  json.end_object().end_object();
}

response countries(const api_call& call) {
  json_writer json;
  json.object().key("countries").array();
  for (const auto& country : offered_countries())
    write_country(json, country, account_path(call.owner.sid));
  json.end_array().field("uri", call.path).end_object();
  return {200, std::move(json).text()};
}

response numbers(const api_call& call, const offered_country& country, std::string_view type) {
  if (std::ranges::find(country.types, type) == country.types.end())
    return not_found();
  size_t most = 30;
  if (const auto size = call.query.get("PageSize"); !size.empty()) {
    const auto [stop, failure] = std::from_chars(size.data(), size.data() + size.size(), most);
    if (failure != std::errc() || stop != size.data() + size.size() || most == 0 || most > 1000)
      return to_response(error_of(20001));
  }
  const auto pattern = call.query.get("Contains");
  if (pattern.size() == 1 || pattern.size() > 16)
    return to_response(error_of(21421));
  json_writer json;
  json.object().key("available_phone_numbers").array();
  for (const auto& number :
       offered_numbers(call.sim.data, country.code, type, call.query.get("AreaCode"), pattern, most))
    write_number(json, number, country.code, type == "Local");
  json.end_array().field("uri", call.path).end_object();
  return {200, std::move(json).text()};
}

} // namespace

response available_api(api_call& call) {
  if (!call.is("GET"))
    return wrong_method();
  if (call.rest.size() == 1)
    return countries(call);
  const auto* country = find_country(call.rest[1]);
  if (!country || call.rest.size() > 3)
    return not_found();
  if (call.rest.size() == 3)
    return numbers(call, *country, call.rest[2]);
  json_writer json;
  write_country(json, *country, account_path(call.owner.sid));
  return {200, std::move(json).text()};
}

} // namespace trunkline::sim

#include "sim/twilio_error.hpp"

#include "sim/json_writer.hpp"
#include "twilio/error_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace trunkline::sim {

namespace {

struct special_case {
  int code, status;
  std::string_view message;
};

/// Where the answer of api.twilio.com is not what the error dictionary calls the code.
constexpr special_case special_cases[] = {
    {20001, 400, "A parameter is not valid"},
    {20003, 401, "Authenticate"},
    {20005, 403, "Account not active"},
    {20007, 400, "Page size too large"},
    {20404, 404, "The requested resource was not found"},
};

} // namespace

twilio_error error_of(int code) {
  const auto* special = std::ranges::find(special_cases, code, &special_case::code);
  if (special != std::end(special_cases))
    return {special->status, code, std::string(special->message)};
  const auto* known = twilio::find_error(code);
  if (!known)
    return {400, code, "The request was refused"};
  return {known->http_status == 0 ? 400 : known->http_status, code, std::string(known->name)};
}

std::string_view delivery_error_text(int code) {
  const auto* known = twilio::find_error(code);
  return known ? known->name : "Delivery failed";
}

response to_response(const twilio_error& error) {
  json_writer json;
  json.object();
  json.field("code", error.code).field("message", error.message);
  json.field("more_info", fmt::format("https://www.twilio.com/docs/errors/{}", error.code));
  json.field("status", error.status).end_object();
  response out{error.status, std::move(json).text()};
  if (error.status == 401)
    out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Twilio API\"");
  return out;
}

} // namespace trunkline::sim

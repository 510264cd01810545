#pragma once

#include "sim/http_types.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace trunkline::sim {

/// A refusal in Twilio's terms.
struct twilio_error {
  int status = 400; ///< HTTP
  int code = 0;
  std::string message;
};

template <class T>
using answer = tl::expected<T, twilio_error>;

/// The error that belongs to one of Twilio's codes, with its HTTP status and a text. An unknown code is a 400.
twilio_error error_of(int code);

/// `return refuse(21604);`
inline tl::unexpected<twilio_error> refuse(int code) { return tl::make_unexpected(error_of(code)); }

/// What an error_code on a message is called.
std::string_view delivery_error_text(int code);

/// {"code","message","more_info","status"}
response to_response(const twilio_error& error);

} // namespace trunkline::sim

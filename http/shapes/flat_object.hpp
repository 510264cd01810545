#pragma once

#include "core/error.hpp"
#include "twilio/form.hpp"

namespace trunkline::http::shapes {

/// A webhook's JSON body as parameters: one object of strings, numbers and booleans; ec::malformed_webhook otherwise.
/// A member given twice is kept twice, as in a form.
core::expected<twilio::form> read_flat_object(std::string_view body);

} // namespace trunkline::http::shapes

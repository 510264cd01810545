#pragma once

#include "core/phone_number.hpp"

#include <string>

namespace trunkline::core {

/// ISO alpha-2 of where a number belongs; empty for short codes and what libphonenumber does not know.
std::string country_of(const phone_number& number);

} // namespace trunkline::core

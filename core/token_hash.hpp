#pragma once

#include <string>
#include <string_view>

namespace trunkline::core {

/// BLAKE2b-256 in hex: what is kept of a random token, and what it is looked up by. Not for passwords.
std::string token_hash(std::string_view token);

/// A new bearer secret: the prefix and 260 random bits, 5 to a character.
std::string new_token(std::string_view prefix);

} // namespace trunkline::core

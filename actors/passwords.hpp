#pragma once

#include "core/secret.hpp"

#include <string>

namespace trunkline::actors {

// Argon2id with libsodium's interactive limits: 64 MiB and some 60 ms of one processor each, so only a worker that may
// block calls them, and whoever asks is slowed down before.

std::string hash_password(const core::secret& password);
/// A hash that is empty takes the same time and fits nothing: that a user does not exist is not to be measured.
bool password_fits(const std::string& hash, const core::secret& password);

} // namespace trunkline::actors

#pragma once

#include "actors/webhook_job.hpp"
#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::cluster {

// What nodes say to each other, as bytes: numbers as 8 bytes, little-endian, texts with their length before them. All
// nodes of a cluster speak one version of it (`protocol`), or the newer ones refuse to join.

constexpr int protocol = 1;

/// A verified webhook on its way to the company's owner; the reply and the ticket stay behind.
std::string encode_webhook(const actors::webhook_job& job);
/// ec::malformed_webhook.
core::expected<actors::webhook_job> decode_webhook(std::string_view bytes);

/// How it ended: the answer for Twilio, or why there is none (its code and the words for the caller).
std::string encode_outcome(const core::expected<core::webhook_answer>& outcome);
core::expected<core::webhook_answer> decode_outcome(std::string_view bytes);

/// An answer to anything else.
std::string encode_text(const core::expected<std::string>& outcome);
core::expected<std::string> decode_text(std::string_view bytes);

} // namespace trunkline::cluster

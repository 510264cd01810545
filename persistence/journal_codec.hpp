#pragma once

#include "core/webhook_event.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trunkline::persistence {

/// An event as the journal keeps it, all of it. Who adds a member to one of the structs is told by the compiler here,
/// and makes another journal_version.
std::string encode_event(const core::webhook_event& event);

/// None if these are not the bytes of an event.
std::optional<core::webhook_event> decode_event(std::string_view bytes);

/// The same text for the same key only.
std::string encode_key(const core::webhook_key& key);

} // namespace trunkline::persistence

#pragma once

#include "core/webhook_event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::persistence {

constexpr uint16_t journal_version = 2;

/// An event as the journal keeps it, all of it. Who adds a member to one of the structs is told by the compiler here,
/// makes another journal_version, and says since which one it is there.
std::string encode_event(const core::webhook_event& event);

/// None if these are not the bytes of an event as that version wrote it.
std::optional<core::webhook_event> decode_event(std::string_view bytes, uint16_t version = journal_version);

/// The same text for the same key only.
std::string encode_key(const core::webhook_key& key);

} // namespace trunkline::persistence

#pragma once

#include "core/error.hpp"
#include "core/webhook_event.hpp"
#include "persistence/journal_codec.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::persistence {

// A file of the journal: a header, then one frame per event. A frame is a mark, the length of what follows, a checksum
// over both (XXH3, 64 bits), and the event. The mark is where reading goes on behind bytes that make no sense.

constexpr std::string_view segment_magic = "TLJRNL";
constexpr size_t segment_header_bytes = 8, frame_header_bytes = 16;

std::string segment_header();
void add_frame(std::string& out, const core::webhook_event& event);

/// What stands in a segment. `sound` is where its last whole frame ends.
struct segment_contents {
  std::vector<core::webhook_event> events;
  uint64_t size = 0, sound = 0;
  std::optional<uint64_t> damaged_at; ///< the first byte that is no frame although one follows further down
  uint64_t damaged_bytes = 0;
};

/// ec::database_unavailable in words if the file can not be read, or if a newer program has written it.
core::expected<segment_contents> read_segment(const std::filesystem::path& file);

} // namespace trunkline::persistence

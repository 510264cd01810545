#include "persistence/journal_segment.hpp"

#include "persistence/file.hpp"

#include <fmt/format.h>

#include <cstring>
#include <xxhash.h>

namespace trunkline::persistence {

namespace {

constexpr uint32_t mark = 0x314a4c54; // "TLJ1"
constexpr uint32_t longest_event = 16u << 20;

/// The lowest byte first, whatever the machine thinks.
template <class T>
void put(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i)
    out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

template <class T>
T get(std::string_view bytes) {
  T value = 0;
  for (size_t i = sizeof(T); i > 0; --i)
    value = static_cast<T>(value << 8 | static_cast<unsigned char>(bytes[i - 1]));
  return value;
}

uint64_t checksum(std::string_view body) { return XXH3_64bits_withSeed(body.data(), body.size(), body.size()); }

/// A file that an older program has begun may have been continued by this one.
std::optional<core::webhook_event> decode_either(std::string_view body, uint16_t version) {
  auto event = decode_event(body, version);
  return event || version == journal_version ? std::move(event) : decode_event(body);
}

/// The event of the frame that begins at `at`, and where it ends.
std::optional<std::pair<core::webhook_event, size_t>> frame_at(std::string_view bytes, size_t at, uint16_t version) {
  if (bytes.size() - at < frame_header_bytes || get<uint32_t>(bytes.substr(at)) != mark)
    return std::nullopt;
  const auto length = get<uint32_t>(bytes.substr(at + 4));
  const size_t body = at + frame_header_bytes;
  if (length > longest_event || bytes.size() - body < length ||
      get<uint64_t>(bytes.substr(at + 8)) != checksum(bytes.substr(body, length)))
    return std::nullopt;
  auto event = decode_either(bytes.substr(body, length), version);
  if (!event)
    return std::nullopt;
  return std::pair(std::move(*event), body + length);
}

/// Where the next mark stands; the end if nowhere.
size_t next_mark(std::string_view bytes, size_t from) {
  std::string text;
  put(text, mark);
  return std::min(bytes.find(text, from), bytes.size());
}

} // namespace

std::string segment_header() {
  std::string out(segment_magic);
  put(out, journal_version);
  return out;
}

void add_frame(std::string& out, const core::webhook_event& event) {
  const auto body = encode_event(event);
  put(out, mark);
  put(out, static_cast<uint32_t>(body.size()));
  put(out, checksum(body));
  out += body;
}

core::expected<segment_contents> read_segment(const std::filesystem::path& file) {
  const auto read = read_file(file);
  if (!read)
    return core::fail(read.error());
  const std::string_view bytes(*read);
  const bool known = bytes.size() >= segment_header_bytes && bytes.starts_with(segment_magic);
  const auto version = known ? get<uint16_t>(bytes.substr(segment_magic.size())) : journal_version;
  if (version > journal_version)
    return core::fail(core::ec::database_unavailable,
                      fmt::format("The journal file {} is of version {}, and this program knows {}. Start the newer "
                                  "one until the journal is drained.",
                                  file.string(), version, journal_version));
  segment_contents found;
  found.size = bytes.size();
  found.sound = known ? segment_header_bytes : 0;
  for (size_t at = found.sound; at < bytes.size();) {
    auto frame = frame_at(bytes, at, version);
    if (!frame) {
      at = next_mark(bytes, at + 1);
      continue;
    }
    if (at > found.sound) {
      found.damaged_at = found.damaged_at.value_or(found.sound);
      found.damaged_bytes += at - found.sound;
    }
    found.events.push_back(std::move(frame->first));
    at = found.sound = frame->second;
  }
  return found;
}

} // namespace trunkline::persistence

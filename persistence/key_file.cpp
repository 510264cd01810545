#include "persistence/key_file.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace trunkline::persistence {

namespace {

constexpr size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t longest_file = 64 * 1024;

auto refuse(std::string detail) { return core::fail(core::ec::invalid_configuration, std::move(detail)); }

std::string in_words(int error) { return std::generic_category().message(error); }

struct descriptor {
  int fd;

  explicit descriptor(int opened) : fd(opened) {}
  ~descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
};

bool decode(const std::string& text, unsigned char* out, bool as_hex) {
  size_t length = 0;
  const char* end = nullptr;
  const int failed = as_hex ? sodium_hex2bin(out, key_bytes, text.data(), text.size(), nullptr, &length, &end)
                            : sodium_base642bin(out, key_bytes, text.data(), text.size(), nullptr, &length, &end,
                                                sodium_base64_VARIANT_ORIGINAL);
  return failed == 0 && length == key_bytes && end == text.data() + text.size();
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

core::expected<core::secret> parse_key(std::string_view text) {
  const core::secret given{std::string(text)};
  std::string key(key_bytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(key.data());
  if (decode(given.reveal(), out, true) || decode(given.reveal(), out, false))
    return core::secret(std::move(key));
  return refuse(
      fmt::format("The master key must be {} bytes, as {} hex digits or as base64; this one has {} characters.",
                  key_bytes, 2 * key_bytes, text.size()));
}

core::expected<void> parse_line(std::string_view line, master_key_map& keys) {
  int version = 1;
  if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    const auto number = line.substr(0, colon);
    const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), version);
    if (wrong != std::errc() || end != number.data() + number.size() || version < 1 || version > last_key_version)
      return refuse(
          fmt::format("A master key's version, before the colon, must be a number from 1 to {}.", last_key_version));
    line = trimmed(line.substr(colon + 1));
  }
  auto key = parse_key(line);
  if (!key)
    return core::fail(std::move(key.error()));
  if (!keys.emplace(version, std::move(*key)).second)
    return refuse(fmt::format("Version {} of the master key is given twice.", version));
  return {};
}

core::secret text_of(const master_key_map& keys) {
  std::string text;
  text.reserve(keys.size() * (2 * key_bytes + 8)); // grown, it would leave copies behind
  std::array<char, 2 * key_bytes + 1> hex{};
  for (const auto& [version, key] : keys) {
    sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(key.reveal().data()), key_bytes);
    text += std::to_string(version);
    text += ':';
    text.append(hex.data(), hex.size() - 1);
    text += '\n';
  }
  sodium_memzero(hex.data(), hex.size());
  return core::secret(std::move(text));
}

/// Writes and closes nothing; the file is on disk when this returns true, its name is not.
bool write_through(int fd, const core::secret& text) {
  const auto& bytes = text.reveal();
  return ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
}

/// What is sealed with a key that a power cut takes away is lost, so the folder entry must be on disk as well.
bool write_folder_through(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const descriptor entry{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return entry.fd >= 0 && ::fsync(entry.fd) == 0;
}

auto not_written(const std::string& path, const std::string& half_written) {
  const int error = errno;
  ::unlink(half_written.c_str());
  return refuse(fmt::format("The master key file {} cannot be written: {}.", path, in_words(error)));
}

} // namespace

core::expected<master_key_map> parse_master_keys(const core::secret& text) {
  master_key_map keys;
  std::string_view rest = text.reveal();
  while (!rest.empty()) {
    const auto end = rest.find_first_of(",\n");
    if (const auto line = trimmed(rest.substr(0, end)); !line.empty())
      if (auto parsed = parse_line(line, keys); !parsed)
        return core::fail(std::move(parsed.error()));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (keys.empty())
    return core::fail(parse_key("").error());
  return keys;
}

core::expected<std::optional<master_key_map>> read_key_file(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0 && errno == ENOENT)
    return std::optional<master_key_map>();
  struct stat about {};
  if (file.fd < 0 || ::fstat(file.fd, &about) != 0)
    return refuse(fmt::format("The master key file {} cannot be read: {}.", path, in_words(errno)));
  if (!S_ISREG(about.st_mode))
    return refuse(fmt::format("The master key file {} is not a file.", path));
  if ((about.st_mode & 077) != 0)
    return refuse(fmt::format("The master key file {} may be read by others (mode {:04o}). Run: chmod 600 {}", path,
                              about.st_mode & 07777, path));
  if (about.st_size > static_cast<off_t>(longest_file))
    return refuse(fmt::format("The master key file {} has more than {} bytes.", path, longest_file));
  std::string text(longest_file, '\0');
  const auto length = ::read(file.fd, text.data(), text.size());
  if (length < 0)
    return refuse(fmt::format("The master key file {} cannot be read: {}.", path, in_words(errno)));
  text.resize(static_cast<size_t>(length));
  auto keys = parse_master_keys(core::secret(std::move(text)));
  if (!keys)
    return refuse(fmt::format("{}: {}", path, keys.error().detail));
  return std::optional(std::move(*keys));
}

core::expected<void> write_key_file(const std::string& path, const master_key_map& keys) {
  const descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.fd < 0)
    return refuse(fmt::format("The master key file {} cannot be made: {}.", path, in_words(errno)));
  if (!write_through(file.fd, text_of(keys)) || !write_folder_through(path))
    return not_written(path, path);
  return {};
}

core::expected<void> replace_key_file(const std::string& path, const master_key_map& keys) {
  const auto fresh = path + ".new";
  const descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.fd < 0)
    return refuse(fmt::format("Beside the master key file {} no other can be made: {}.", path, in_words(errno)));
  if (::fchmod(file.fd, 0600) != 0 || !write_through(file.fd, text_of(keys)) ||
      ::rename(fresh.c_str(), path.c_str()) != 0 || !write_folder_through(path))
    return not_written(path, fresh);
  return {};
}

} // namespace trunkline::persistence

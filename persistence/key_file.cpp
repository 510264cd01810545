#include "persistence/key_file.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace trunkline::persistence {

namespace {

constexpr size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t longest_file = 1024;

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

} // namespace

core::expected<core::secret> parse_master_key(const core::secret& text) {
  const auto& raw = text.reveal();
  const auto first = raw.find_first_not_of(" \t\r\n"), last = raw.find_last_not_of(" \t\r\n");
  const core::secret trimmed(first == std::string::npos ? std::string() : raw.substr(first, last - first + 1));
  std::string key(key_bytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(key.data());
  if (decode(trimmed.reveal(), out, true) || decode(trimmed.reveal(), out, false))
    return core::secret(std::move(key));
  return refuse(
      fmt::format("The master key must be {} bytes, as {} hex digits or as base64; this one has {} characters.",
                  key_bytes, 2 * key_bytes, trimmed.reveal().size()));
}

core::expected<std::optional<core::secret>> read_key_file(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0 && errno == ENOENT)
    return std::optional<core::secret>();
  struct stat about {};
  if (file.fd < 0 || ::fstat(file.fd, &about) != 0)
    return refuse(fmt::format("The master key file {} cannot be read: {}.", path, in_words(errno)));
  if (!S_ISREG(about.st_mode))
    return refuse(fmt::format("The master key file {} is not a file.", path));
  if ((about.st_mode & 077) != 0)
    return refuse(fmt::format("The master key file {} may be read by others (mode {:04o}). Run: chmod 600 {}", path,
                              about.st_mode & 07777, path));
  std::string text(longest_file, '\0');
  const auto length = ::read(file.fd, text.data(), text.size());
  if (length < 0)
    return refuse(fmt::format("The master key file {} cannot be read: {}.", path, in_words(errno)));
  text.resize(static_cast<size_t>(length));
  auto key = parse_master_key(core::secret(std::move(text)));
  if (!key)
    return refuse(fmt::format("{}: {}", path, key.error().detail));
  return std::optional(std::move(*key));
}

core::expected<void> write_key_file(const std::string& path, const core::secret& key) {
  const descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.fd < 0)
    return refuse(fmt::format("The master key file {} cannot be made: {}.", path, in_words(errno)));
  std::string hex(key.reveal().size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(key.reveal().data()),
                 key.reveal().size());
  hex.back() = '\n';
  const core::secret text(std::move(hex));
  const bool written =
      ::write(file.fd, text.reveal().data(), text.reveal().size()) == static_cast<ssize_t>(text.reveal().size());
  // What is sealed with a key that a power cut takes away is lost, so the folder entry must be on disk as well.
  const auto folder = std::filesystem::path(path).parent_path();
  const descriptor entry{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!written || ::fsync(file.fd) != 0 || entry.fd < 0 || ::fsync(entry.fd) != 0) {
    const int error = errno;
    ::unlink(path.c_str());
    return refuse(fmt::format("The master key file {} cannot be written: {}.", path, in_words(error)));
  }
  return {};
}

} // namespace trunkline::persistence

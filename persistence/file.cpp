#include "persistence/file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace trunkline::persistence {

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

core::error file_failure(std::string_view doing, const std::filesystem::path& file) {
  auto words = fmt::format("{} {}: {}", doing, file.string(), std::generic_category().message(errno));
  return {core::ec::database_unavailable, words, words, {}};
}

core::expected<std::string> read_file(const std::filesystem::path& file) {
  const descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from)
    return core::fail(file_failure("opening", file));
  std::string bytes;
  std::array<char, 1 << 16> part;
  for (;;) {
    const auto got = ::read(from.get(), part.data(), part.size());
    if (got == 0)
      return bytes;
    if (got > 0)
      bytes.append(part.data(), static_cast<size_t>(got));
    else if (errno != EINTR)
      return core::fail(file_failure("reading", file));
  }
}

core::expected<void> write_all(const descriptor& to, std::string_view bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const auto written = ::write(to.get(), bytes.data(), bytes.size());
    if (written > 0)
      bytes.remove_prefix(static_cast<size_t>(written));
    else if (errno != EINTR)
      return core::fail(file_failure("writing", file));
  }
  return {};
}

core::expected<void> sync_file(const descriptor& what, const std::filesystem::path& file) {
  if (::fdatasync(what.get()) != 0) // never tried again: the kernel may have dropped what it could not write
    return core::fail(file_failure("synchronising", file));
  return {};
}

core::expected<void> sync_folder(const std::filesystem::path& folder) {
  const descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0)
    return core::fail(file_failure("synchronising", folder));
  return {};
}

core::expected<void> make_private_folder(const std::filesystem::path& folder) {
  if (std::error_code ignored; std::filesystem::is_directory(folder, ignored))
    return {};
  const auto parent = folder.has_parent_path() ? folder.parent_path() : std::filesystem::path(".");
  if (auto made = make_private_folder(parent); !made)
    return made;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return core::fail(file_failure("making", folder));
  return sync_folder(parent);
}

} // namespace trunkline::persistence

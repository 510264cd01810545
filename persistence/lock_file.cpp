#include "persistence/lock_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace trunkline::persistence {

namespace {

std::string in_words(int error) { return std::generic_category().message(error); }

std::string holder_of(int fd) {
  char text[16] = {};
  const auto length = ::pread(fd, text, sizeof text - 1, 0);
  std::string pid(text, length > 0 ? static_cast<size_t>(length) : 0);
  pid.erase(pid.find_last_not_of("\n ") + 1);
  return pid.empty() ? "another process" : "process " + pid;
}

} // namespace

core::expected<lock_file> lock_file::take(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return core::fail(core::ec::database_unavailable,
                      fmt::format("The lock file {} cannot be opened: {}. Does the folder "
                                  "exist, and may this user write to it?",
                                  path, in_words(errno)));
  lock_file lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    if (error == EWOULDBLOCK)
      return core::fail(core::ec::database_unavailable,
                        fmt::format("This SQLite database is in use by {} (lock file {}). Stop that one first; for "
                                    "several nodes use PostgreSQL.",
                                    holder_of(fd), path));
    return core::fail(core::ec::database_unavailable,
                      fmt::format("The lock file {} cannot be locked: {}.", path, in_words(error)));
  }
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
    return core::fail(core::ec::database_unavailable,
                      fmt::format("The lock file {} cannot be written: {}.", path, in_words(errno)));
  return lock;
}

lock_file::lock_file(lock_file&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

lock_file::~lock_file() {
  if (fd_ >= 0)
    ::close(fd_); // the file stays: removing it would race with somebody who has just opened it
}

} // namespace trunkline::persistence

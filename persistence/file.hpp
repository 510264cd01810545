#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace trunkline::persistence {

/// A file descriptor that is closed.
class descriptor {
public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  ~descriptor();
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_;
};

// Every failure is ec::database_unavailable and says what could not be done with which file, and why.

core::expected<std::string> read_file(const std::filesystem::path& file);
/// All of it, however often the kernel takes only a part.
core::expected<void> write_all(const descriptor& to, std::string_view bytes, const std::filesystem::path& file);
core::expected<void> sync_file(const descriptor& what, const std::filesystem::path& file);
/// That a file is there, or is gone, is known after a crash only if its folder has been synchronised.
core::expected<void> sync_folder(const std::filesystem::path& folder);
/// With its parents, 0700, each durable.
core::expected<void> make_private_folder(const std::filesystem::path& folder);

/// What errno says about `file`.
core::error file_failure(std::string_view doing, const std::filesystem::path& file);

} // namespace trunkline::persistence

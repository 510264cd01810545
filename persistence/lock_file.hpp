#pragma once

#include "core/error.hpp"

#include <string>

namespace trunkline::persistence {

/// Holds `path` locked for this process. SQLite itself would let a second gateway in, and the two would each believe to
/// own every company.
class lock_file {
public:
  static core::expected<lock_file> take(const std::string& path);
  ~lock_file();
  lock_file(lock_file&& other) noexcept;
  lock_file& operator=(lock_file&&) = delete;
  lock_file(const lock_file&) = delete;
  lock_file& operator=(const lock_file&) = delete;

private:
  explicit lock_file(int fd) : fd_(fd) {}
  int fd_;
};

} // namespace trunkline::persistence

#pragma once

#include "persistence/key_file.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

namespace trunkline::persistence {

/// The master keys that this process knows. All copies of a vault have the same, so that a rotation reaches every
/// store. Thread-safe. A key that is known stays known: the database may still need what a file has no more.
class master_keys {
public:
  /// `file` empty: they come from a setting, and there will be no others.
  master_keys(std::string file, master_key_map keys) : file_(std::move(file)), keys_(std::move(keys)) {}

  /// An unknown version may have come to the file meanwhile, so that is read again, at most once a second.
  std::optional<core::secret> find(int version);
  int newest() const;
  /// For words: "in FILE", "in the setting master_key".
  std::string where() const;

  /// Reads the file again. Another key under a known version is refused, and nothing is taken.
  core::expected<void> reload();

  struct provided {
    int version = 0;
    bool made = false;
  };
  /// A key that is newer than `version`; if there is none it is made, in the file and here.
  core::expected<provided> provide_newer_than(int version);
  /// Takes a key out that nothing was ever sealed with.
  void take_back(int version);

  /// Held while a rotation begins: of two at once the second finds what the first has begun.
  std::mutex beginning;

private:
  core::expected<void> merge(master_key_map found);

  const std::string file_;
  mutable std::shared_mutex lock_;
  master_key_map keys_;
  std::chrono::steady_clock::time_point looked_; ///< when an unknown version last made us read the file
};

core::secret new_master_key();

} // namespace trunkline::persistence

#pragma once

#include "core/cluster_view.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace trunkline::cluster {

/// The newest of something that is replaced as a whole; whoever has loaded one keeps it. Not a std::atomic: the one of
/// g++ 12 lets go of its lock in a way that TSan does not see.
template <class T>
class newest {
public:
  using pointer = std::shared_ptr<const T>;

  newest() = default;
  explicit newest(pointer first) : value_(std::move(first)) {}

  pointer load() const {
    const std::lock_guard held(lock_);
    return value_;
  }
  void store(pointer value) {
    const std::lock_guard held(lock_);
    value_.swap(value);
  }

private:
  mutable std::mutex lock_;
  pointer value_;
};

using newest_view = newest<core::cluster_view>;

} // namespace trunkline::cluster

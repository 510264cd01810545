#pragma once

#include <mutex>
#include <shared_mutex>

namespace trunkline::cluster {

/// For calls into something that goes before those who call it, as actors end when they like: each call comes in here,
/// and none once it is closed.
class doorway {
public:
  /// False if it is closed.
  template <class Call>
  bool pass(Call&& call) {
    const std::shared_lock held(lock_);
    if (open_)
      call();
    return open_;
  }
  /// Waits for whoever is inside.
  void close() {
    const std::unique_lock held(lock_);
    open_ = false;
  }

private:
  std::shared_mutex lock_;
  bool open_ = true;
};

} // namespace trunkline::cluster

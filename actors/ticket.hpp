#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace trunkline::actors {

/// Counts one thing as in flight for as long as it lives.
class ticket {
public:
  ticket() = default;
  explicit ticket(std::atomic<uint32_t>* count) : count_(count) { count_->fetch_add(1, std::memory_order_acq_rel); }
  ticket(ticket&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  ticket& operator=(ticket&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }
  ~ticket() {
    if (count_)
      count_->fetch_sub(1, std::memory_order_acq_rel);
  }
  ticket(const ticket&) = delete;
  ticket& operator=(const ticket&) = delete;

private:
  std::atomic<uint32_t>* count_ = nullptr;
};

} // namespace trunkline::actors

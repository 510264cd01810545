#pragma once

#include "actors/live_events.hpp"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace trunkline::tests {

/// A browser that keeps what it is told. Its network takes everything at once, or nothing.
struct fake_viewer final : actors::event_viewer {
  void begin() override { note("begin"); }
  void refuse(const core::error& why) override { note(fmt::format("refused {}", core::to_string(why.code))); }
  void tell(const actors::event_frame& frame) override {
    if (is_gone)
      return;
    note(*frame);
    unsent += reads ? 0 : 1;
    unsent_bytes += reads ? 0 : frame->size();
  }
  size_t untold() const override { return unsent; }
  size_t untold_bytes() const override { return unsent_bytes; }
  void ping() override { note("ping"); }
  void check() override { note("check"); }
  bool gone() const override { return is_gone; }
  void end() override {
    if (!is_gone.exchange(true))
      note("end");
  }

  void note(std::string what) {
    const std::lock_guard held(lock);
    heard.push_back(std::move(what));
  }
  /// "begin 1 2"
  std::string all() const {
    const std::lock_guard held(lock);
    return fmt::format("{}", fmt::join(heard, " "));
  }
  size_t count() const {
    const std::lock_guard held(lock);
    return heard.size();
  }

  std::atomic<bool> reads{true}, is_gone{false};
  std::atomic<size_t> unsent{0}, unsent_bytes{0};

private:
  mutable std::mutex lock;
  std::vector<std::string> heard;
};

using viewer_ptr = std::shared_ptr<fake_viewer>;

} // namespace trunkline::tests

#pragma once

#include <caf/io/network/default_multiplexer.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>

namespace trunkline::cluster {

/// The largest frame that a connection may announce. CAF makes room for what a header says as soon as it has read the
/// header, before anybody has proved anything.
constexpr size_t max_frame = 4 * 1024 * 1024;

class bounded_scribe;

/// CAF's network loop with bounds: a connection that announces a larger frame ends, and when there are many
/// connections, those that have said nothing for a while make room for new ones.
class bounded_multiplexer final : public caf::io::network::default_multiplexer {
public:
  static constexpr size_t silent_at_most = 64;
  static constexpr int64_t silent_ms = 3'000;

  using default_multiplexer::default_multiplexer;

  caf::io::scribe_ptr new_scribe(caf::io::network::native_socket fd) override;

private:
  friend class bounded_scribe;
  void forget(bounded_scribe* one);
  void refuse(size_t frame);

  std::mutex lock_;                   ///< connections are also made by other threads
  std::list<bounded_scribe*> silent_; ///< oldest first
  int64_t warned_ms_ = 0;             ///< of the network's thread
};

} // namespace trunkline::cluster

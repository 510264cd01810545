#include "cluster/bounded_network.hpp"

#include "config/log.hpp"
#include "core/metrics.hpp"

#include <caf/io/basp/header.hpp>
#include <caf/io/network/scribe_impl.hpp>

#include <chrono>
#include <sys/socket.h>
#include <utility>

namespace trunkline::cluster {

namespace {

constexpr std::string_view metric = "trunkline_cluster_connections_refused_total", help = "Connections that were ended";
core::counter too_large(metric, help, "reason", "frame");
core::counter too_silent(metric, help, "reason", "silent");

constexpr size_t max_handshake = 64 * 1024;
constexpr size_t length_at = 4; ///< of a header, four bytes, the most significant first

int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace

/// One connection. Of CAF's calls, all after new_scribe() come from the network's thread.
class bounded_scribe final : public caf::io::network::scribe_impl {
public:
  bounded_scribe(bounded_multiplexer& network, caf::io::network::native_socket fd)
      : scribe_impl(network, fd), network_(network) {}
  ~bounded_scribe() override { network_.forget(this); }
  bounded_scribe(const bounded_scribe&) = delete;
  bounded_scribe& operator=(const bounded_scribe&) = delete;

  /// A header, or what the last one announced.
  bool consume(caf::execution_unit* context, const void* bytes, size_t size) override {
    if (!std::exchange(spoke_, true))
      network_.forget(this);
    if (announced_ > 0) {
      announced_ = 0;
    } else if (!is_allowed(static_cast<const unsigned char*>(bytes), size)) {
      end();
      io_failure(context, caf::io::network::operation::read);
      return false;
    }
    return scribe_impl::consume(context, bytes, size);
  }

  /// The next read finds the end, and CAF closes the connection as if the peer had.
  void end() { shutdown(stream_.fd(), SHUT_RDWR); }
  int64_t age_ms() const { return now_ms() - since_ms_; }

private:
  bool is_allowed(const unsigned char* header, size_t size);

  bounded_multiplexer& network_;
  const int64_t since_ms_ = now_ms();
  size_t announced_ = 0; ///< bytes that follow the last header
  bool greeted_ = false, spoke_ = false;
};

/// First a handshake, and perhaps more of them; what CAF reads without looking whether it is there must be there.
bool bounded_scribe::is_allowed(const unsigned char* header, size_t size) {
  using caf::io::basp::message_type;
  if (size != caf::io::basp::header_size)
    return false;
  for (size_t i = length_at; i < length_at + 4; ++i)
    announced_ = announced_ << 8 | header[i];
  const auto operation = static_cast<message_type>(header[0]);
  const bool greets = operation == message_type::server_handshake || operation == message_type::client_handshake;
  const bool talks = operation == message_type::direct_message || operation == message_type::monitor_message ||
                     operation == message_type::down_message;
  if (announced_ > (greeted_ ? max_frame : max_handshake)) {
    network_.refuse(announced_);
    return false;
  }
  if (greets ? announced_ == 0 : !greeted_ || (talks != (announced_ > 0))) {
    log::debug(log::no_request, "a connection to the cluster's port is closed: operation {} with {} bytes", header[0],
               announced_);
    return false;
  }
  greeted_ = true;
  return talks || greets || operation == message_type::heartbeat;
}

caf::io::scribe_ptr bounded_multiplexer::new_scribe(caf::io::network::native_socket fd) {
  auto made = caf::make_counted<bounded_scribe>(*this, fd);
  const std::lock_guard held(lock_);
  silent_.push_back(made.get());
  while (silent_.size() > silent_at_most && silent_.front()->age_ms() >= silent_ms) {
    too_silent.add();
    silent_.front()->end();
    silent_.pop_front();
  }
  return made;
}

/// Says so once a minute, whatever strangers do.
void bounded_multiplexer::refuse(size_t frame) {
  constexpr int64_t minute_ms = 60'000;
  too_large.add();
  const auto now = now_ms();
  if (warned_ms_ != 0 && now - warned_ms_ < minute_ms)
    return;
  warned_ms_ = now;
  log::warn(log::no_request, "a connection to the cluster's port announced {} bytes at once: it is closed", frame);
}

void bounded_multiplexer::forget(bounded_scribe* one) {
  const std::lock_guard held(lock_);
  silent_.remove(one);
}

} // namespace trunkline::cluster

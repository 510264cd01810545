#pragma once

#include "bench/histogram.hpp"
#include "bench/load_options.hpp"
#include "bench/request_pool.hpp"
#include "bench/response_reader.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <vector>

namespace trunkline::bench {

struct load_result {
  histogram latency; ///< of everything answered, of what timed out and of what was still unsent at the end
  std::array<uint64_t, 600> by_status{};
  uint64_t sent = 0;        ///< warm-up included, as are the errors and statuses
  uint64_t measured_ok = 0; ///< 2xx after the warm-up
  uint64_t unsent = 0;      ///< open loop: due before the end, but no connection was free
  uint64_t connect_errors = 0;
  uint64_t resets = 0; ///< the connection ended before the answer
  uint64_t timeouts = 0;
  uint64_t protocol_errors = 0;
  double seconds = 0; ///< measured
  bool pool_exhausted = false;
  int first_status = 0;
  std::string first_body;
};

/// Drives one server from one thread. Closed loop: each connection sends as soon as it was answered. Open loop:
/// request k leaves at start + k / rate, or as soon after as a connection is free, and its latency counts from then,
/// so a server that stalls is charged for everyone who had to wait (no coordinated omission).
class load_engine {
public:
  load_engine(const load_options& options, request_pool& pool, sockaddr_in address);
  ~load_engine();
  load_engine(const load_engine&) = delete;
  load_engine& operator=(const load_engine&) = delete;

  /// Returns when the time or the requests are over and the last answer, or its deadline, has come. `stop` ends it
  /// early. An error when the ledger cannot be written or no connection was ever made.
  core::expected<load_result> run(const std::atomic<bool>& stop);

private:
  enum class stage { closed, connecting, idle, busy };

  struct connection {
    int fd = -1;
    stage now = stage::closed;
    uint64_t request = 0;
    int64_t due = 0;      ///< when the request should have left
    int64_t deadline = 0; ///< busy, connecting: give up; closed: connect again
    std::string unsent;   ///< the rest of a request that the socket did not take at once
    response_reader reader;
  };

  core::expected<void> open_ledger();
  void wait_for_events();
  void handle(connection& c, uint32_t events);
  void dispatch_due();
  bool may_send() const;
  void connect(connection& c);
  void disconnect(connection& c, int64_t retry_at);
  void become_idle(connection& c);
  void send_next(connection& c, int64_t due);
  void flush(connection& c);
  void receive(connection& c);
  void complete(connection& c);
  void fail(connection& c, uint64_t& counter);
  void sweep();
  void note_unsent();
  void note_accepted(uint64_t request);
  void write_ledger();
  bool finished() const;
  int64_t due_time(uint64_t k) const;

  const load_options options_;
  request_pool& pool_;
  const sockaddr_in address_;
  int epoll_ = -1;
  int ledger_ = -1;
  bool ledger_failed_ = false;
  std::string ledger_buffer_;
  std::vector<std::unique_ptr<connection>> connections_;
  std::deque<connection*> idle_; // first in, first out: a server of several processes gets its load evenly
  size_t busy_ = 0;
  bool ever_connected_ = false;
  int64_t now_ = 0, start_ = 0, measure_from_ = 0, stop_at_ = 0, last_answer_ = 0, next_sweep_ = 0;
  load_result result_;
};

} // namespace trunkline::bench

#include "bench/load_engine.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace trunkline::bench {

namespace {

constexpr int64_t second = 1'000'000'000;
constexpr int64_t sweep_every = second / 200;
constexpr int64_t reconnect_after = second / 50;
// Edge-triggered: after a complete answer there is nothing to read until the next request, so nothing to poll again.
constexpr uint32_t when_readable = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr size_t ledger_chunk = 64 * 1024;

int64_t monotonic_now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * second + t.tv_nsec;
}

int64_t nanoseconds(double seconds) { return static_cast<int64_t>(seconds * static_cast<double>(second)); }

} // namespace

load_engine::load_engine(const load_options& options, request_pool& pool, sockaddr_in address)
    : options_(options), pool_(pool), address_(address), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  prctl(PR_SET_TIMERSLACK, 1000); // the default of 50 us would show up in an open loop's latencies
  for (unsigned i = 0; i < options.connections; ++i)
    connections_.push_back(std::make_unique<connection>());
}

load_engine::~load_engine() {
  for (auto& c : connections_)
    if (c->fd >= 0)
      close(c->fd);
  for (const int fd : {epoll_, ledger_})
    if (fd >= 0)
      close(fd);
}

core::expected<load_result> load_engine::run(const std::atomic<bool>& stop) {
  if (auto opened = open_ledger(); !opened)
    return core::fail(opened.error());
  now_ = start_ = monotonic_now();
  measure_from_ = start_ + nanoseconds(options_.warmup_s);
  stop_at_ = measure_from_ + nanoseconds(options_.duration_s);
  for (auto& c : connections_)
    connect(*c);
  while (!finished()) {
    if (stop.load(std::memory_order_relaxed))
      stop_at_ = std::min(stop_at_, now_);
    dispatch_due();
    wait_for_events();
    if (now_ >= next_sweep_)
      sweep();
  }
  note_unsent();
  write_ledger();
  if (!ever_connected_)
    return core::fail(core::ec::not_ready, "no connection was accepted");
  if (ledger_failed_)
    return core::fail(core::ec::internal_error, "the ledger could not be written");
  const int64_t ended = may_send() || now_ >= stop_at_ ? std::min(now_, stop_at_) : last_answer_;
  result_.seconds = std::max(0.0, static_cast<double>(ended - measure_from_) / second);
  return std::move(result_);
}

core::expected<void> load_engine::open_ledger() {
  if (options_.ledger.empty())
    return {};
  ledger_ = open(options_.ledger.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (ledger_ < 0)
    return core::fail(core::ec::invalid_request, "cannot open the ledger");
  return {};
}

void load_engine::wait_for_events() {
  int64_t until = std::max(now_, next_sweep_);
  if (options_.rate > 0 && !idle_.empty() && may_send())
    until = std::min(until, due_time(result_.sent));
  const int64_t wait = std::max<int64_t>(until - now_, 0);
  const timespec timeout{wait / second, wait % second};
  std::array<epoll_event, 256> events{};
  const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  now_ = monotonic_now();
  for (int i = 0; i < count; ++i)
    handle(*static_cast<connection*>(events[static_cast<size_t>(i)].data.ptr), events[static_cast<size_t>(i)].events);
}

void load_engine::handle(connection& c, uint32_t events) {
  if (c.now == stage::connecting) {
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0)
      return fail(c, result_.connect_errors);
    ever_connected_ = true;
    epoll_event interest{when_readable, {.ptr = &c}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &interest);
    return become_idle(c);
  }
  if ((events & EPOLLOUT) != 0 && !c.unsent.empty())
    flush(c);
  if ((events & EPOLLIN) != 0 && c.fd >= 0)
    receive(c);
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0 && c.fd >= 0)
    receive(c); // the end of the connection, which may have come with the answer
}

int64_t load_engine::due_time(uint64_t k) const {
  return start_ + static_cast<int64_t>(std::llround(static_cast<double>(k) / options_.rate * second));
}

bool load_engine::may_send() const {
  return result_.sent < pool_.size() && (options_.requests == 0 || result_.sent < options_.requests) && now_ < stop_at_;
}

void load_engine::dispatch_due() {
  while (!idle_.empty() && may_send()) {
    const int64_t due = options_.rate > 0 ? due_time(result_.sent) : now_;
    if (due > now_)
      return;
    auto* c = idle_.front();
    idle_.pop_front();
    send_next(*c, due);
  }
}

void load_engine::connect(connection& c) {
  c.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c.fd < 0)
    return fail(c, result_.connect_errors);
  const int on = 1;
  setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  c.now = stage::connecting;
  c.deadline = now_ + int64_t{options_.timeout_ms} * 1'000'000;
  epoll_event interest{EPOLLOUT, {.ptr = &c}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &interest);
  if (::connect(c.fd, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0 && errno != EINPROGRESS)
    fail(c, result_.connect_errors);
}

void load_engine::disconnect(connection& c, int64_t retry_at) {
  if (c.fd >= 0)
    close(c.fd);
  c.fd = -1;
  if (c.now == stage::busy)
    --busy_;
  if (c.now == stage::idle)
    idle_.erase(std::find(idle_.begin(), idle_.end(), &c));
  c.now = stage::closed;
  c.deadline = retry_at;
  c.unsent.clear();
  c.reader.reset();
}

void load_engine::become_idle(connection& c) {
  c.now = stage::idle;
  idle_.push_back(&c);
}

void load_engine::send_next(connection& c, int64_t due) {
  c.now = stage::busy;
  ++busy_;
  c.request = result_.sent++;
  c.due = due;
  c.deadline = now_ + int64_t{options_.timeout_ms} * 1'000'000;
  const auto text = pool_.request(c.request);
  const ssize_t count = send(c.fd, text.data(), text.size(), MSG_NOSIGNAL);
  if (count == static_cast<ssize_t>(text.size()))
    return;
  if (count < 0 && errno != EAGAIN)
    return fail(c, result_.resets);
  c.unsent = text.substr(count < 0 ? 0 : static_cast<size_t>(count));
  epoll_event interest{when_readable | EPOLLOUT, {.ptr = &c}};
  epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &interest);
}

void load_engine::flush(connection& c) {
  const ssize_t count = send(c.fd, c.unsent.data(), c.unsent.size(), MSG_NOSIGNAL);
  if (count < 0)
    return errno == EAGAIN ? void() : fail(c, result_.resets);
  c.unsent.erase(0, static_cast<size_t>(count));
  if (!c.unsent.empty())
    return;
  epoll_event interest{when_readable, {.ptr = &c}};
  epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &interest);
}

void load_engine::receive(connection& c) {
  for (auto progress = response_reader::progress::incomplete; progress == response_reader::progress::incomplete;) {
    const auto space = c.reader.space();
    const ssize_t count = recv(c.fd, space.data(), space.size(), 0);
    if (count < 0 && errno == EAGAIN)
      return;
    if (c.now == stage::idle) // the server may end a connection that it owes nothing
      return count <= 0 ? disconnect(c, now_) : fail(c, result_.protocol_errors);
    if (count <= 0)
      return fail(c, result_.resets);
    progress = c.reader.received(static_cast<size_t>(count));
    if (progress == response_reader::progress::broken)
      return fail(c, result_.protocol_errors);
  }
  complete(c);
}

void load_engine::complete(connection& c) {
  const int status = c.reader.status();
  ++result_.by_status[static_cast<size_t>(status)];
  if (result_.first_status == 0) {
    result_.first_status = status;
    result_.first_body = c.reader.body();
  }
  const bool ok = status / 100 == 2;
  if (ok)
    note_accepted(c.request);
  last_answer_ = now_;
  if (c.due >= measure_from_)
    result_.latency.record(static_cast<uint64_t>(now_ - c.due));
  if (ok && now_ >= measure_from_ && now_ <= stop_at_)
    ++result_.measured_ok;
  if (c.reader.closes())
    return disconnect(c, now_);
  --busy_;
  c.reader.reset();
  become_idle(c);
}

void load_engine::fail(connection& c, uint64_t& counter) {
  ++counter;
  if (c.now == stage::busy && c.due >= measure_from_ && &counter == &result_.timeouts)
    result_.latency.record(static_cast<uint64_t>(now_ - c.due));
  disconnect(c, now_ + reconnect_after);
}

void load_engine::sweep() {
  next_sweep_ = now_ + sweep_every;
  for (auto& c : connections_) {
    if (c->deadline > now_ || c->now == stage::idle)
      continue;
    if (c->now == stage::busy)
      fail(*c, result_.timeouts);
    else if (c->now == stage::connecting)
      fail(*c, result_.connect_errors);
    else if (may_send())
      connect(*c);
  }
}

// What an overloaded server kept waiting belongs into the percentiles, although we only know how long it waited so far.
void load_engine::note_unsent() {
  result_.pool_exhausted = options_.requests == 0 && result_.sent == pool_.size();
  if (options_.rate <= 0 || options_.requests > 0)
    return;
  for (uint64_t k = result_.sent; due_time(k) < stop_at_; ++k) {
    ++result_.unsent;
    if (due_time(k) >= measure_from_)
      result_.latency.record(static_cast<uint64_t>(now_ - due_time(k)));
  }
}

void load_engine::note_accepted(uint64_t request) {
  if (ledger_ < 0)
    return;
  ledger_buffer_ += pool_.call_sid(request) + "\n";
  if (ledger_buffer_.size() >= ledger_chunk)
    write_ledger();
}

void load_engine::write_ledger() {
  size_t done = 0;
  while (done < ledger_buffer_.size()) {
    const ssize_t count = write(ledger_, ledger_buffer_.data() + done, ledger_buffer_.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      ledger_failed_ = true;
      break;
    }
    done += static_cast<size_t>(count);
  }
  ledger_buffer_.clear();
}

bool load_engine::finished() const { return !may_send() && busy_ == 0; }

} // namespace trunkline::bench

#pragma once

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace trunkline::tests {

/// One connection of a server that does exactly what its script says. No read waits for longer than half a minute.
class server_connection {
public:
  explicit server_connection(int socket, int number) : number(number), socket_(socket) {
    const timeval limit{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  ~server_connection() { close(); }
  server_connection(const server_connection&) = delete;
  server_connection& operator=(const server_connection&) = delete;

  const int number; ///< the first one is 1

  /// A whole request with its body; false when the client has closed instead.
  bool read_request() {
    while (read_ready() == 0)
      if (!receive())
        return false;
    request = buffer_.substr(0, read_ready());
    buffer_.erase(0, request.size());
    on_request(request);
    return true;
  }

  /// Whether the client closes without another byte.
  bool closed_by_client() { return buffer_.empty() && !receive(); }

  void send(const std::string& text) {
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); // the client may be gone
  }
  void answer(int status, const std::string& body = "", const std::string& headers = "") {
    send(fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body));
  }

  void close() {
    if (socket_ >= 0)
      ::close(std::exchange(socket_, -1));
  }
  /// RST instead of FIN.
  void reset() {
    const linger none{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
  }
  void interrupt() const { ::shutdown(socket_, SHUT_RDWR); }

  int socket() const { return socket_; }

  std::string request; ///< the last one read
  std::function<void(const std::string&)> on_request;

private:
  bool receive() {
    std::array<char, 4096> chunk{};
    const auto got = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (got > 0)
      buffer_.append(chunk.data(), static_cast<size_t>(got));
    return got > 0;
  }

  /// Bytes of the first request in the buffer, 0 as long as it is not complete.
  size_t read_ready() const {
    const auto end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos)
      return 0;
    constexpr std::string_view length = "\r\nContent-Length: ";
    const auto at = buffer_.find(length);
    const auto body = at < end ? std::stoul(buffer_.substr(at + length.size())) : 0;
    return buffer_.size() >= end + 4 + body ? end + 4 + body : 0;
  }

  int socket_;
  std::string buffer_;
};

/// A server on the loopback that runs a script for each connection, each on a thread of its own.
class socket_server {
public:
  using script = std::function<void(server_connection&)>;

  explicit socket_server(script play)
      : play_(std::move(play)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BOOST_REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    BOOST_REQUIRE(::listen(socket_, 64) == 0);
    BOOST_REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }

  ~socket_server() {
    ::shutdown(socket_, SHUT_RDWR);
    accepting_.join();
    {
      std::lock_guard held(lock_);
      for (const auto& one : open_)
        one.interrupt();
    }
    for (auto& thread : playing_)
      thread.join();
    ::close(socket_);
  }
  socket_server(const socket_server&) = delete;
  socket_server& operator=(const socket_server&) = delete;

  uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/") const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

  std::vector<std::string> requests() const {
    std::lock_guard held(lock_);
    return requests_;
  }
  int connections() const {
    std::lock_guard held(lock_);
    return connections_;
  }
  /// Waits until so many complete requests have been read.
  bool has_read(size_t count) {
    std::unique_lock held(lock_);
    return changed_.wait_for(held, std::chrono::seconds(10), [&] { return requests_.size() >= count; });
  }
  /// Waits until so many connections have ended.
  bool has_played(size_t count) {
    std::unique_lock held(lock_);
    return changed_.wait_for(held, std::chrono::seconds(10), [&] { return played_ >= count; });
  }

private:
  void accept_all() {
    for (int client = 0; (client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      std::lock_guard held(lock_);
      auto& one = open_.emplace_back(client, ++connections_);
      one.on_request = [this](const std::string& request) { note(request); };
      playing_.emplace_back([this, &one] { play(one); });
    }
  }

  void play(server_connection& one) {
    play_(one);
    std::lock_guard held(lock_);
    one.close();
    ++played_;
    changed_.notify_all();
  }

  void note(const std::string& request) {
    std::lock_guard held(lock_);
    requests_.push_back(request);
    changed_.notify_all();
  }

  const script play_;
  const int socket_;
  uint16_t port_ = 0;
  mutable std::mutex lock_;
  std::condition_variable changed_;
  std::vector<std::string> requests_;
  std::list<server_connection> open_;
  std::vector<std::thread> playing_;
  int connections_ = 0;
  size_t played_ = 0;
  std::thread accepting_;
};

/// A port of the loopback where nobody listens: it was free a moment ago and stays bound without listening.
class deaf_port {
public:
  deaf_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BOOST_REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    BOOST_REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~deaf_port() { ::close(socket_); }
  deaf_port(const deaf_port&) = delete;
  deaf_port& operator=(const deaf_port&) = delete;
  std::string url() const { return fmt::format("http://127.0.0.1:{}/", port_); }

private:
  const int socket_;
  uint16_t port_ = 0;
};

} // namespace trunkline::tests

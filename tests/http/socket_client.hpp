#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace trunkline::tests {

/// A connection to the loopback that says exactly what it is told; nothing it does takes longer than ten seconds.
class socket_client {
public:
  struct answer {
    int status = 0;
    std::string head, body;

    /// "" if there is none.
    std::string header(std::string_view name) const {
      const auto at = head.find(fmt::format("\r\n{}: ", name));
      if (at == std::string::npos)
        return {};
      const auto begin = at + name.size() + 4;
      return head.substr(begin, head.find("\r\n", begin) - begin);
    }
  };

  explicit socket_client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      throw std::runtime_error("not connected");
    }
  }
  ~socket_client() {
    if (socket_ >= 0)
      ::close(socket_);
  }
  socket_client(const socket_client&) = delete;
  socket_client& operator=(const socket_client&) = delete;

  /// As far as the other side takes it: it may close in the middle.
  void send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return;
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  /// Up to the empty line.
  answer read_head() {
    while (buffer_.find("\r\n\r\n") == std::string::npos)
      if (!receive())
        throw std::runtime_error("closed instead of an answer: " + buffer_);
    const auto end = buffer_.find("\r\n\r\n") + 4;
    answer out;
    out.head = buffer_.substr(0, end);
    out.status = std::stoi(out.head.substr(9, 3));
    buffer_.erase(0, end);
    return out;
  }

  answer read_answer() {
    auto out = read_head();
    const auto length = out.header("Content-Length");
    const size_t size = length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < size)
      if (!receive())
        throw std::runtime_error("closed within an answer");
    out.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return out;
  }

  /// The next part of a chunked body; "" is the end.
  std::string read_chunk() {
    while (buffer_.find("\r\n") == std::string::npos)
      if (!receive())
        throw std::runtime_error("closed instead of a chunk");
    const auto begin = buffer_.find("\r\n") + 2;
    const auto size = std::stoul(buffer_.substr(0, begin), nullptr, 16);
    while (buffer_.size() < begin + size + 2)
      if (!receive())
        throw std::runtime_error("closed within a chunk");
    auto chunk = buffer_.substr(begin, size);
    buffer_.erase(0, begin + size + 2);
    return chunk;
  }

  answer ask(std::string_view request) {
    send(request);
    return read_answer();
  }

  /// Goes without a word: the other side gets a reset.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
  }

  /// All that comes until the other side closes; throws if it does not.
  std::string read_to_the_end() {
    while (receive())
      ;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      throw std::runtime_error("still open");
    return std::exchange(buffer_, {});
  }

private:
  bool receive() {
    std::array<char, 4096> chunk{};
    errno = 0;
    const auto got = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (got > 0)
      buffer_.append(chunk.data(), static_cast<size_t>(got));
    return got > 0;
  }

  int socket_;
  std::string buffer_;
};

} // namespace trunkline::tests

#include "cluster/tcp_probe.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace trunkline::cluster {

namespace {

struct address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

address address_of(const std::string& host, uint16_t port) {
  address out;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET, v4.sin_port = htons(port);
    std::memcpy(&out.bytes, &v4, out.size = sizeof v4);
  } else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6, v6.sin6_port = htons(port);
    std::memcpy(&out.bytes, &v6, out.size = sizeof v6);
  }
  return out;
}

probe_result meaning(int error) {
  if (error == 0)
    return probe_result::open;
  return error == ECONNREFUSED ? probe_result::refused : probe_result::silent;
}

} // namespace

probe_result probe(const std::string& host, uint16_t port, std::chrono::milliseconds patience) {
  const auto where = address_of(host, port);
  const int fd = where.size == 0 ? -1 : socket(where.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return probe_result::silent;
  auto result = probe_result::silent;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&where.bytes), where.size) == 0) {
    result = probe_result::open;
  } else if (errno != EINPROGRESS) {
    result = meaning(errno);
  } else {
    pollfd waiting{fd, POLLOUT, 0};
    int error = ETIMEDOUT;
    socklen_t size = sizeof error;
    if (poll(&waiting, 1, static_cast<int>(patience.count())) == 1)
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    result = meaning(error);
  }
  close(fd);
  return result;
}

} // namespace trunkline::cluster

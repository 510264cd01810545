#include "tests/providers/socket_server.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace trunkline::tests {

namespace {

int new_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

/// To any free port of the loopback, which it returns.
uint16_t bind_somewhere(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  BOOST_REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
  BOOST_REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

} // namespace

server_connection::server_connection(int socket, int number) : number(number), socket_(socket) {
  const timeval limit{30, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

bool server_connection::read_request() {
  while (read_ready() == 0)
    if (!receive())
      return false;
  request = buffer_.substr(0, read_ready());
  buffer_.erase(0, request.size());
  on_request(request);
  return true;
}

void server_connection::send(const std::string& text) {
  ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); // the client may be gone
}

void server_connection::close() {
  if (socket_ >= 0)
    ::close(std::exchange(socket_, -1));
}

void server_connection::reset() {
  const linger none{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close();
}

void server_connection::interrupt() const { ::shutdown(socket_, SHUT_RDWR); }

bool server_connection::receive() {
  std::array<char, 4096> chunk{};
  const auto got = ::recv(socket_, chunk.data(), chunk.size(), 0);
  if (got > 0)
    buffer_.append(chunk.data(), static_cast<size_t>(got));
  return got > 0;
}

size_t server_connection::read_ready() const {
  const auto end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos)
    return 0;
  constexpr std::string_view length = "\r\nContent-Length: ";
  const auto at = buffer_.find(length);
  const auto body = at < end ? std::stoul(buffer_.substr(at + length.size())) : 0;
  return buffer_.size() >= end + 4 + body ? end + 4 + body : 0;
}

socket_server::socket_server(script play) : play_(std::move(play)), socket_(new_socket()) {
  port_ = bind_somewhere(socket_);
  BOOST_REQUIRE(::listen(socket_, 64) == 0);
  accepting_ = std::thread([this] { accept_all(); });
}

socket_server::~socket_server() {
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

std::vector<std::string> socket_server::requests() const {
  std::lock_guard held(lock_);
  return requests_;
}

int socket_server::connections() const {
  std::lock_guard held(lock_);
  return connections_;
}

bool socket_server::has_read(size_t count) {
  std::unique_lock held(lock_);
  return changed_.wait_for(held, std::chrono::seconds(10), [&] { return requests_.size() >= count; });
}

bool socket_server::has_played(size_t count) {
  std::unique_lock held(lock_);
  return changed_.wait_for(held, std::chrono::seconds(10), [&] { return played_ >= count; });
}

void socket_server::accept_all() {
  for (int client = 0; (client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    std::lock_guard held(lock_);
    auto& one = open_.emplace_back(client, ++connections_);
    one.on_request = [this](const std::string& request) { note(request); };
    playing_.emplace_back([this, &one] { play(one); });
  }
}

void socket_server::play(server_connection& one) {
  play_(one);
  std::lock_guard held(lock_);
  one.close();
  ++played_;
  changed_.notify_all();
}

void socket_server::note(const std::string& request) {
  std::lock_guard held(lock_);
  requests_.push_back(request);
  changed_.notify_all();
}

deaf_port::deaf_port() : socket_(new_socket()), port_(bind_somewhere(socket_)) {}
deaf_port::~deaf_port() { ::close(socket_); }

} // namespace trunkline::tests

#pragma once

#include <fmt/format.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace trunkline::tests {

/// One connection of a server that does exactly what its script says. No read waits for longer than half a minute.
class server_connection {
public:
  explicit server_connection(int socket, int number);
  ~server_connection() { close(); }
  server_connection(const server_connection&) = delete;
  server_connection& operator=(const server_connection&) = delete;

  const int number; ///< the first one is 1

  /// A whole request with its body; false when the client has closed instead.
  bool read_request();
  /// Whether the client closes without another byte.
  bool closed_by_client() { return buffer_.empty() && !receive(); }

  void send(const std::string& text);
  void answer(int status, const std::string& body = "", const std::string& headers = "") {
    send(fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body));
  }

  void close();
  /// RST instead of FIN.
  void reset();
  void interrupt() const;

  int socket() const { return socket_; }

  std::string request; ///< the last one read
  std::function<void(const std::string&)> on_request;

private:
  bool receive();
  /// Bytes of the first request in the buffer, 0 as long as it is not complete.
  size_t read_ready() const;

  int socket_;
  std::string buffer_;
};

/// A server on the loopback that runs a script for each connection, each on a thread of its own.
class socket_server {
public:
  using script = std::function<void(server_connection&)>;

  explicit socket_server(script play);
  ~socket_server();
  socket_server(const socket_server&) = delete;
  socket_server& operator=(const socket_server&) = delete;

  uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/") const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

  std::vector<std::string> requests() const;
  int connections() const;
  /// Waits until so many complete requests have been read.
  bool has_read(size_t count);
  /// Waits until so many connections have ended.
  bool has_played(size_t count);

private:
  void accept_all();
  void play(server_connection& one);
  void note(const std::string& request);

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
  deaf_port();
  ~deaf_port();
  deaf_port(const deaf_port&) = delete;
  deaf_port& operator=(const deaf_port&) = delete;
  std::string url() const { return fmt::format("http://127.0.0.1:{}/", port_); }

private:
  const int socket_;
  uint16_t port_ = 0;
};

} // namespace trunkline::tests

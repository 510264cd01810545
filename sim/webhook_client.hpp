#pragma once

#include "sim/world.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

namespace trunkline::sim {

class client_connection;

/// Sends webhooks over http with kept connections: at most 64 under way, the others wait their turn, at most 100,000.
/// Connecting takes 5 s at most, an answer 15 s, as Twilio has it; an answer's body may have 64 KiB. Lives longer than
/// io.run() lasts.
class webhook_client {
public:
  explicit webhook_client(boost::asio::io_context& io) : io_(io) {}
  ~webhook_client() = default;
  webhook_client(const webhook_client&) = delete;
  webhook_client& operator=(const webhook_client&) = delete;

  void send(http_call call, std::function<void(http_answer)> done);

private:
  friend class client_connection;

  struct job {
    http_call call;
    std::function<void(http_answer)> done;
    std::chrono::steady_clock::time_point started;
    int attempts = 0;
  };

  void start(const std::shared_ptr<job>& work);
  void retry(const std::shared_ptr<job>& work);
  void finish(const std::shared_ptr<job>& work, http_answer answer, std::shared_ptr<client_connection> reusable);

  boost::asio::io_context& io_;
  size_t under_way_ = 0;
  std::deque<std::shared_ptr<job>> waiting_;
  std::unordered_map<std::string, std::vector<std::shared_ptr<client_connection>>> idle_; ///< by "host:port"
};

} // namespace trunkline::sim

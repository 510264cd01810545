#pragma once

#include "actors/reply.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace trunkline::cluster {

/// Asks the database every second whether it is there, so that readiness never waits for it.
class database_probe {
public:
  using ask = std::function<void(actors::reply<int64_t>)>;
  using tell = std::function<void(bool up)>;

  database_probe(ask ping, tell result, std::chrono::milliseconds every = std::chrono::seconds(1));
  ~database_probe();
  database_probe(const database_probe&) = delete;
  database_probe& operator=(const database_probe&) = delete;

private:
  std::mutex lock_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace trunkline::cluster

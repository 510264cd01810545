#include "cluster/database_probe.hpp"

namespace trunkline::cluster {

database_probe::database_probe(ask ping, tell result, std::chrono::milliseconds every) {
  thread_ = std::thread([this, ping = std::move(ping), result = std::move(result), every] {
    std::unique_lock held(lock_);
    while (!wake_.wait_for(held, every, [this] { return stopping_; }))
      ping(actors::reply<int64_t>([result](const core::expected<int64_t>& round_trip) { result(bool(round_trip)); }));
  });
}

database_probe::~database_probe() {
  {
    std::lock_guard held(lock_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

} // namespace trunkline::cluster
